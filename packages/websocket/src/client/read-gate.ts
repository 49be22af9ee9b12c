import type { Duplex } from "node:stream";

/** The reasons why a connection is not read, as bits: the application has paused it. */
export const PAUSED = 1;
/** A big message is decompressed in the thread pool. */
export const DECODING = 2;
/** A server sends pings and does not read the pongs. */
export const PONGS_UNREAD = 4;

/** Pauses a socket while there is a reason: the server slows down, and its data does not accumulate here. */
export class ReadGate {
  readonly #socket: Duplex;
  #reasons = 0;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Sets or clears a reason. */
  set(reason: number, holds: boolean): void {
    const before = this.#reasons;
    this.#reasons = holds ? before | reason : before & ~reason;
    if (before === 0 && this.#reasons !== 0) this.#socket.pause();
    else if (before !== 0 && this.#reasons === 0) this.#socket.resume();
  }

  /** Clears every reason; the session drops the data from now on. */
  open(): void {
    this.#reasons = 0;
    this.#socket.resume();
  }
}
