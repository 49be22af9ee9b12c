/**
 * A program of WebSockets, as data: the actions of the server's handlers and of the clients. One interpreter runs the
 * server's half on Mantou and on Bun.
 */
export interface Program {
  readonly options: ProgramOptions;
  /** How many clients connect, one after the other, before the first step. */
  readonly clients: number;
  /** Runs for each socket that opens. */
  readonly open: readonly Op[];
  /** Runs for the first drains of the program. */
  readonly drain: readonly Op[];
  /** Runs for each socket that closes. */
  readonly close: readonly Op[];
  /** A message, ping or pong names the block that its handler runs. */
  readonly blocks: readonly (readonly Op[])[];
  readonly steps: readonly Step[];
}

export interface ProgramOptions {
  /** Left out: the default. */
  readonly backpressureLimit?: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly perMessageDeflate: boolean;
  readonly publishToSelf: boolean;
  /** Over a Unix socket, which has small buffers; otherwise over TCP. */
  readonly unix: boolean;
}

/** A client's number; `SELF` is the socket of the running handler, and the first one outside of handlers. */
export type Ref = number;
export const SELF = -1;

/** The form of a message. Wide text has characters of two bytes. */
export type Kind = "text" | "wide" | "binary";

/** Messages of one size, one after the other. Their content follows from their numbers. */
export interface Burst {
  readonly kind: Kind;
  /** Bytes of each. */
  readonly size: number;
  readonly times: number;
  readonly compress: boolean;
}

/** An action of a handler. */
export type Op =
  | ({ readonly do: "send"; readonly to: Ref } & Burst)
  /** Without `by` the server publishes. */
  | ({ readonly do: "publish"; readonly by: Ref | null; readonly topic: string } & Burst)
  | { readonly do: "subscribe"; readonly to: Ref; readonly topic: string }
  | { readonly do: "unsubscribe"; readonly to: Ref; readonly topic: string }
  | { readonly do: "pause" | "resume" | "terminate" | "buffered"; readonly to: Ref }
  | { readonly do: "close"; readonly to: Ref; readonly code: number }
  /** The client's pong names the block. */
  | { readonly do: "ping"; readonly to: Ref; readonly block: number }
  | { readonly do: "cork"; readonly to: Ref; readonly ops: readonly Op[] }
  | { readonly do: "later"; readonly when: When; readonly ops: readonly Op[] };

export type When = "microtask" | "tick" | "immediate" | "timeout";

/** An action of a client. */
export type Frame =
  | { readonly type: "message" | "ping" | "pong"; readonly block: number }
  | { readonly type: "close"; readonly code: number };

/** An action outside of the server's handlers. The next step begins when the server has finished this one. */
export type Step =
  /** In one packet. */
  | { readonly do: "frames"; readonly client: number; readonly frames: readonly Frame[] }
  | { readonly do: "stop" | "slowly" | "read"; readonly client: number }
  | { readonly do: "leave"; readonly client: number; readonly how: "fin" | "rst" }
  /** The server runs a block in no handler. */
  | { readonly do: "run"; readonly block: number };

export const TOPICS: readonly string[] = ["a", "b"];

/** The code with which the server closes open sockets at the program's end. */
export const END_CODE = 4999;

/** A program sends no more messages than this; the rest of its sends is left out. */
export const MAX_MESSAGES = 6_000;
/** And no more bytes. */
export const MAX_BYTES: number = 24 * 2 ** 20;

// The interpreter's log. `ws` is the number of a socket.

/** The same value several times. */
export type Run = readonly [value: number, count: number];

export type Entry =
  | { readonly event: "open" | "ping" | "pong"; readonly ws: number }
  | { readonly event: "message"; readonly ws: number; readonly block: number }
  | { readonly event: "drain"; readonly ws: number; readonly buffered: number }
  | { readonly event: "close"; readonly ws: number; readonly code: number }
  /** `first` is the number of the burst's first message. `buffered` is `getBufferedAmount` behind it. */
  | ({ readonly call: "send"; readonly ws: number } & Sent & { readonly buffered: number })
  | ({
      readonly call: "publish";
      readonly ws: number | null;
      readonly topic: string;
      /** Handlers ran within the call, before or after the message was published: it has an entry on both sides of theirs. */
      readonly unplaced?: true;
    } & Sent)
  | {
      readonly call: "subscribe" | "unsubscribe";
      readonly ws: number;
      readonly topic: string;
      readonly returned: boolean;
    }
  | {
      readonly call: "pause" | "resume" | "terminate" | "close" | "buffered" | "ping";
      readonly ws: number;
      readonly returned: number;
    }
  /** A block was deferred, in a handler of `ws` or in another block; and has run. */
  | { readonly later: "put" | "ran"; readonly ws: number; readonly when: When; readonly id: number }
  | { readonly threw: string }
  /** Everything was delivered; open sockets are closed now. */
  | { readonly mark: "rest" };

interface Sent {
  readonly kind: Kind;
  readonly size: number;
  readonly first: number;
  readonly returned: readonly Run[];
}

/** The server's report at a program's end. */
export interface ServerReport {
  readonly log: readonly Entry[];
  /** Subscribers by topic, when everything was delivered and the remaining clients were connected. */
  readonly subscribers: Readonly<Record<string, number>>;
  /** The same after all clients had left. */
  readonly subscribersLeft: number;
  readonly pendingWebSockets: number;
  /** Descriptors beyond those that were open before. */
  readonly descriptors: number;
  /** Whether it came to rest: all sent bytes were taken. */
  readonly rested: boolean;
  /** The longest turn or call in ms, without the program's own work. */
  readonly longestTurn: number;
}
