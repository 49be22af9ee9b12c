/** The actions of a body, a handler and a client, as data: they go to the child by IPC, and fast-check shrinks them. */

/** A wait: for the queue of nextTick, for promises, for a turn of the event loop, or for milliseconds. */
export type Pause = "tick" | "microtask" | "turn" | number;

/** A stream's chunks that are not bytes. */
export type OddValue = "text" | "number" | "null" | "undefined" | "object" | "buffer" | "view" | "detached";

/** A body's reaction to a request for the next piece. It ends behind the last step. */
export type Step =
  | { readonly do: "chunk"; readonly size: number }
  | { readonly do: "odd"; readonly value: OddValue }
  | { readonly do: "wait"; readonly for: Pause }
  /** `controller.error()`, or a rejected promise. */
  | { readonly do: "error" }
  | { readonly do: "throw" }
  /** Until it is cancelled. */
  | { readonly do: "hang" };

/** A body's reaction to its cancellation. */
export type Cancel = "ok" | "throws" | "rejects" | "hangs" | "waits";

/** The fault of a file's reads, from the given one on. */
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
      /** The steps repeat without end. */
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
  /** Its first wait. */
  readonly waits: readonly Pause[];
  /** Its use of the request's body. `some`: reads one piece, and keeps the lock. */
  readonly reads: "nothing" | "text" | "bytes" | "blob" | "some" | "cancel" | "stream";
  /** `hang`: never returns. `signal`: returns when the request's signal aborts. */
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
  /** The reaction of the `error` handler to this one's error. */
  readonly onError: "responds" | "throws" | "rejects" | "hangs" | "streams";
  /** Mantou's `Response`, or the platform's: the same where the globals are Mantou's. */
  readonly response: "ours" | "platform";
}

export interface Upload {
  readonly framing: "length" | "chunked";
  readonly total: number;
  /** Bytes of a piece: of a chunk, and of a write. */
  readonly piece: number;
  /** The part of it that is sent, in percent. */
  readonly sent: number;
  readonly expects: boolean;
  readonly pause: Pause | null;
}

export interface Client {
  readonly method: "GET" | "HEAD" | "POST";
  readonly upload: Upload | null;
  /** Requests that are sent at once, each with the upload. */
  readonly requests: number;
  /** `all`, `slowly`, or nothing behind that many bytes. */
  readonly reads: "all" | "slowly" | number;
  /** When it leaves: after its last byte, behind that many bytes of the response, or at the end of the run. */
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

/** The child's report of its cases. */
export interface State {
  readonly pendingRequests: number;
  /** The open files: the targets of the links in /proc/self/fd. */
  readonly descriptors: readonly string[];
  /** Bodies of the server that have neither ended nor been cancelled. */
  readonly open: readonly string[];
  /** Bodies that were cancelled more than once. */
  readonly cancelledTwice: readonly string[];
}
