/** Where a batch of buns is, from first to last. */
export const STAGES = ["rising", "steaming", "ready"] as const;
export type Stage = (typeof STAGES)[number];

/** Some buns of one kind, as the page and the API know them. */
export interface Batch {
  readonly id: number;
  readonly name: string;
  readonly count: number;
  readonly stage: Stage;
}

export type NewBatch = Pick<Batch, "name" | "count">;
export type BatchChange = Partial<Omit<Batch, "id">>;

/** What each open page is told. */
export type Message =
  | { readonly kind: "saved"; readonly batch: Batch }
  | { readonly kind: "removed"; readonly id: number }
  | { readonly kind: "pages"; readonly open: number };
