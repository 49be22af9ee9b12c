/** Where positions are kept: `sessionStorage` is one. */
export interface PositionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The timers of a `TopicSocket`. */
export interface Timers {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Options of `new TopicSocket(url, options)`. */
export interface TopicSocketOptions {
  /**
   * Keeps positions over a reload of the page. Without it they are kept in memory, over reconnects only. It must belong to one tab alone, as
   * `sessionStorage` does, and what the page has shown must survive with it.
   */
  readonly positions?: PositionStorage | undefined;
  /** How many last messages a topic without a position begins with, and after a gap: 0 to 9,999. By default what the server advises, else 0. */
  readonly last?: number | undefined;
  /** The class of the W3C's interface to use. By default the global one, which Node.js has from version 22 on. */
  readonly WebSocket?: (new (url: string, protocol: string) => object) | undefined;
  /** For tests. */
  readonly timers?: Timers | undefined;
  /** Returns a number in [0, 1). For tests. */
  readonly random?: (() => number) | undefined;
}

/** What is received: text, or bytes. */
export type Payload = string | Uint8Array<ArrayBuffer>;

/** One that is here. */
export interface Member {
  /** Unique within the topic. */
  readonly id: string;
  /** What the application on the server tells of it. */
  readonly presence: unknown;
}

/** The events of a `TopicSocket`, with what their listeners get. */
export interface TopicEvents {
  /** A connection is made. */
  readonly open: undefined;
  /** A message of a topic. `position` is null if the topic has no history. */
  readonly message: { readonly topic: string; readonly data: Payload; readonly position: string | null };
  /** A message of the application to this connection alone: `ws.send()` of the server. */
  readonly direct: { readonly data: Payload };
  /** Messages of this topic were missed, and will not come: load what the page shows from its source. Messages behind `position` follow. */
  readonly gap: { readonly topic: string; readonly position: string };
  /** The application has subscribed this connection to a topic. `position` is null if the topic has no history. */
  readonly subscribed: { readonly topic: string; readonly position: string | null };
  /** All that was missed has come; what follows is live. */
  readonly live: { readonly topic: string };
  readonly unsubscribed: { readonly topic: string };
  /**
   * Who is here: `members` replaces what was known, `join` and `leave` change it. With `members` may come `others`: so many more are here, and are not told. One of
   * those that leaves is told all the same.
   */
  readonly presence: {
    readonly topic: string;
    readonly members?: readonly Member[];
    readonly others?: number;
    readonly join?: readonly Member[];
    readonly leave?: readonly Member[];
  };
  /** A connection has ended, or an attempt has failed. `retry` says in how many milliseconds the next one follows; null if none does. */
  readonly close: { readonly code: number; readonly reason: string; readonly retry: number | null };
}
