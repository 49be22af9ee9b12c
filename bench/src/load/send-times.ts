/**
 * When each operation in flight on one connection was sent. Replies come in the order of the requests, so this is a
 * queue. The operations of one write are one entry, which keeps the cost for each message low when many are in flight.
 */
export class SendTimes {
  readonly #times: Float64Array;
  readonly #counts: Uint32Array;
  #first = 0;
  #length = 0;

  /** @param capacity the most operations that are ever in flight at once. */
  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#counts = new Uint32Array(capacity);
  }

  /** Notes `count` operations, 1 or more, sent at `now`. */
  push(count: number, now: number): void {
    const slot = (this.#first + this.#length) % this.#times.length;
    this.#times[slot] = now;
    this.#counts[slot] = count;
    this.#length++;
  }

  /** Takes the oldest `count` operations off, telling of each group the time it was sent and how many it is. */
  take(count: number, each: (sent: number, count: number) => void): void {
    let left = count;
    while (left > 0 && this.#length > 0) {
      const taken = Math.min(left, this.#counts[this.#first]!);
      each(this.#times[this.#first]!, taken);
      left -= taken;
      this.#counts[this.#first]! -= taken;
      if (this.#counts[this.#first] === 0) {
        this.#first = (this.#first + 1) % this.#times.length;
        this.#length--;
      }
    }
  }
}
