export type Event = Opened | Commented | Pushed | Pinged;

export interface Opened {
  event: "issues";
  action: "opened" | "closed";
  issue: { number: number; title: string; user: string };
}

export interface Commented {
  event: "comment";
  issue: { number: number };
  comment: { user: string; body: string };
}

export interface Pushed {
  event: "push";
  ref: string;
  commits: { id: string; message: string }[];
}

export interface Pinged {
  event: "ping";
  zen: string;
}

export const enum Delivery {
  Accepted = 202,
  Ignored = 204,
  Duplicate = 208,
}

export abstract class Handler<E extends Event = Event> {
  static readonly handlers: Handler<any>[] = [];
  static register(handler: Handler<any>) {
    this.handlers.push(handler);
  }
  abstract readonly event: E["event"];
  abstract handle(event: E): Promise<string[]> | string[];
}
