import { Buffer } from "node:buffer";

/** Counts the pings of one `receive`. Each gets a pong up to the limit; of those beyond it only the last (RFC 6455 §5.5.3). */
export class PingFlood {
  #pings = 0;
  #last: Buffer | null = null;

  /** @returns whether the ping gets a pong of its own. Otherwise it keeps a copy, since the event gives the payload away. */
  add(payload: Buffer, limit: number): boolean {
    if (++this.#pings <= limit) return true;
    this.#last = Buffer.from(payload);
    return false;
  }

  /** The payload of the last ping beyond the limit, once; null if there was none. */
  takeLast(): Buffer | null {
    const last = this.#last;
    this.#last = null;
    return last;
  }

  /** All that was received has been read. */
  reset(): void {
    this.#pings = 0;
  }
}
