import type { Transport } from "./transport.ts";

/** Why a connection is not read. Any number of them may hold at once. */
export const BODY_FULL = 1;
export const RESPONSES_UNREAD = 2;
export const REQUESTS_AHEAD = 4;
/** A client sends pings, and does not read the answers. */
export const PONGS_UNREAD = 8;
/** A big message is being decompressed in the thread pool. */
export const DECODING = 16;
/** The application has called `pause`. */
export const PAUSED = 32;
/** What handlers have queued is to run before the next event. */
export const HANDLERS_QUEUED = 64;
/** It has had its share of this turn of the event loop. */
export const TURN_USED = 128;

/** Pauses a transport as long as there is a reason to: so a client is slowed down, and not what it sends piled up. */
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

  /** Clears every reason: what comes is no longer ours to slow down. */
  clear(): void {
    if (this.#reasons !== 0) this.#transport.resume();
    this.#reasons = 0;
  }
}
