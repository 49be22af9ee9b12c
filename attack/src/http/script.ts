/** What a body, a handler and a client do, as data: it goes to the child by IPC, and fast-check shrinks it. */

/** How long something waits: for the queue of nextTick, for promises, for a turn of the event loop, or for milliseconds. */
export type Pause = "tick" | "microtask" | "turn" | number;

/** What a stream gives instead of bytes. */
export type OddValue = "text" | "number" | "null" | "undefined" | "object" | "buffer" | "view" | "detached";

/** What a body does when it is asked for the next piece; behind the last step it ends. */
export type Step =
  | { readonly do: "chunk"; readonly size: number }
  | { readonly do: "odd"; readonly value: OddValue }
  | { readonly do: "wait"; readonly for: Pause }
  /** `controller.error()`, or a rejected promise. */
  | { readonly do: "error" }
  | { readonly do: "throw" }
  /** Until it is cancelled. */
  | { readonly do: "hang" };

/** What a body does when it is cancelled. */
export type Cancel = "ok" | "throws" | "rejects" | "hangs" | "waits";

/** What becomes of the reads of a file, from the given one on. */
export interface ReadFault {
  readonly at: number;
  /** `short`: fewer bytes than asked for. `slow`: late. `cut`: the file is truncated. `gone`: its descriptor is another file's. */
  readonly how: "EIO" | "EBADF" | "short" | "slow" | "cut" | "gone";
}

export type StreamKind = "pull" | "start" | "bytes" | "pipe" | "from" | "generator" | "iterator";

export type OddResult =
  | "undefined"
  | "null"
  | "number"
  | "text"
  | "proxy"
  | "used"
  | "locked"
  | "foreign"
  | "foreign-throws"
  | "errored";

export type Body =
  | {
      readonly kind: "stream";
      readonly made: StreamKind;
      readonly steps: readonly Step[];
      /** The steps are begun again for ever. */
      readonly forever: boolean;
      readonly cancel: Cancel;
      readonly highWaterMark: number;
      /** A Content-Length that the application declares. */
      readonly declares: number | null;
    }
  | {
      readonly kind: "file";
      readonly size: number;
      /** As `file()`, which the server opens, or as its stream, which reads by itself. */
      readonly as: "file" | "slice" | "stream";
      readonly fault: ReadFault | null;
    }
  | { readonly kind: "whole"; readonly as: "text" | "bytes" | "blob" | "form"; readonly size: number }
  /** The request's body is the response's. */
  | { readonly kind: "echo" }
  | { readonly kind: "odd"; readonly value: OddResult };

export interface Handler {
  /** What it waits for first. */
  readonly waits: readonly Pause[];
  /** What it does with the request's body. `some`: reads one piece, and keeps the lock. */
  readonly reads: "nothing" | "text" | "bytes" | "blob" | "some" | "cancel" | "stream";
  /** `hang`: for ever. `signal`: returns when the request's signal aborts. */
  readonly returns:
    | "value"
    | "promise"
    | "thenable"
    | "thenable-twice"
    | "thenable-throws"
    | "throw"
    | "reject"
    | "hang"
    | "signal";
  /** What the `error` handler does with what this one throws. */
  readonly onError: "answers" | "throws" | "rejects" | "hangs" | "streams";
  /** Mantou's `Response`, or the platform's: the same where the globals are Mantou's. */
  readonly response: "ours" | "platform";
}

export interface Upload {
  readonly framing: "length" | "chunked";
  readonly total: number;
  /** Bytes of a piece: of a chunk, and of a write. */
  readonly piece: number;
  /** How much of it is sent, in percent. */
  readonly sent: number;
  readonly expects: boolean;
  readonly pause: Pause | null;
}

export interface Client {
  readonly method: "GET" | "HEAD" | "POST";
  readonly upload: Upload | null;
  /** Requests that are sent at once; the upload is that of each. */
  readonly requests: number;
  /** `all`, `slowly`, or nothing behind so many bytes. */
  readonly reads: "all" | "slowly" | number;
  /** When it leaves: once everything is sent, behind so many bytes of the answer, or when the run is over. */
  readonly leaves: "sent" | "end" | number;
  /** `half`: closes its sending side, and reads on until the end of the run. */
  readonly how: "fin" | "rst" | "half";
}

/** One client with one handler. */
export interface Case {
  readonly body: Body;
  readonly handler: Handler;
  readonly client: Client;
}

/** What the child tells of the cases that it has been given. */
export interface State {
  readonly pendingRequests: number;
  /** What is open: the targets of the links in /proc/self/fd. */
  readonly descriptors: readonly string[];
  /** Bodies that were given to the server, and that have neither ended nor been cancelled. */
  readonly open: readonly string[];
  /** Bodies that were cancelled more than once. */
  readonly cancelledTwice: readonly string[];
}
