export enum LinkState {
  Active = "active",
  Expired = "expired",
  Disabled = "disabled",
}

export interface Link {
  slug: string;
  target: string;
  hits: number;
  createdAt: string;
  state: LinkState;
  maxHits?: number;
  tags: string[];
}

export type NewLink = Pick<Link, "target"> & Partial<Pick<Link, "slug" | "maxHits" | "tags">>;

export interface Visit {
  at: number;
  referrer: string | null;
  agent: string;
}
