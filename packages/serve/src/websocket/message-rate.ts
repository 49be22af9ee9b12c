import type { Event } from "@mantou/websocket";
import type { Timeouts } from "../socket/timeouts.ts";

/** Counts what a client sends in each second of the server's clock. */
export class MessageRate {
  readonly #most: number;
  readonly #timeouts: Timeouts;
  #second = -1;
  #count = 0;

  constructor(most: number, timeouts: Timeouts) {
    this.#most = most;
    this.#timeouts = timeouts;
  }

  /** Whether this is a message or a ping too many. */
  refuses({ type }: Event): boolean {
    if (type !== "text" && type !== "binary" && type !== "ping") return false;
    const { now } = this.#timeouts;
    if (now !== this.#second) {
      this.#second = now;
      this.#count = 0;
    }
    return ++this.#count > this.#most;
  }
}
