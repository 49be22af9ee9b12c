/** When each operation in flight on one connection was sent: a ring, since answers come in the order of the questions. */
export class SendTimes {
  readonly #times: Float64Array;
  #first = 0;
  #count = 0;

  /** @param capacity the most operations that are ever in flight at once. */
  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
  }

  /** Notes `count` operations sent at `now`. */
  push(count: number, now: number): void {
    for (let i = 0; i < count; i++) {
      this.#times[(this.#first + this.#count) % this.#times.length] = now;
      this.#count++;
    }
  }

  /** The time the oldest operation was sent, which is in flight no longer. */
  shift(): number {
    const time = this.#times[this.#first]!;
    this.#first = (this.#first + 1) % this.#times.length;
    this.#count--;
    return time;
  }
}
