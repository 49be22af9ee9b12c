import type { Socket } from "node:net";

/** Why a connection is not read. Any number of them may hold at once. */
export const PAUSED = 1;
/** A big message is being decompressed in the thread pool. */
export const DECODING = 2;
/** A server sends pings, and does not read the answers. */
export const PONGS_UNREAD = 4;

/** Pauses a socket as long as there is a reason to: so a server is slowed down, and not what it sends piled up. */
export class ReadGate {
  readonly #socket: Socket;
  #reasons = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Sets or clears a reason. */
  set(reason: number, holds: boolean): void {
    const before = this.#reasons;
    this.#reasons = holds ? before | reason : before & ~reason;
    if (before === 0 && this.#reasons !== 0) this.#socket.pause();
    else if (before !== 0 && this.#reasons === 0) this.#socket.resume();
  }

  /** Clears every reason: what comes is dropped from now on. */
  open(): void {
    this.#reasons = 0;
    this.#socket.resume();
  }
}
