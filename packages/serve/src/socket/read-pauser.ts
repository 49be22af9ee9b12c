import type { Transport } from "./transport.ts";

// Reasons not to read a connection. Several may hold at the same time.

/** The handler has not taken the request's body that has come. */
export const BODY_FULL = 1;
/** The client does not read its responses. */
export const RESPONSES_UNREAD = 2;
/** The client has sent many bytes behind a request without a response. */
export const REQUESTS_AHEAD = 4;
/** The client sends pings, and does not read the pongs. */
export const PONGS_UNREAD = 8;
/** The thread pool decompresses a large message. */
export const DECODING = 16;
/** The application has called `pause`. */
export const PAUSED = 32;
/** The queued work of handlers runs before the next event. */
export const HANDLERS_QUEUED = 64;
/** The connection has had its share of this turn of the event loop. */
export const TURN_USED = 128;
/** In serial mode the next event waits for the promise of a handler. */
export const HANDLER_PENDING = 256;

/** Pauses a transport as long as a reason holds, so that a client has to wait, and its bytes do not pile up. */
export class ReadPauser {
  readonly #transport: Transport;
  #reasons = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get paused(): boolean {
    return this.#reasons !== 0;
  }

  has(reason: number): boolean {
    return (this.#reasons & reason) !== 0;
  }

  /** Sets or clears a reason. */
  set(reason: number, holds: boolean): void {
    const before = this.#reasons;
    this.#reasons = holds ? before | reason : before & ~reason;
    if (before === 0 && this.#reasons !== 0) this.#transport.pause();
    else if (before !== 0 && this.#reasons === 0) this.#transport.resume();
  }

  /** Clears all reasons, when the connection passes to another protocol. */
  clear(): void {
    if (this.#reasons !== 0) this.#transport.resume();
    this.#reasons = 0;
  }
}
