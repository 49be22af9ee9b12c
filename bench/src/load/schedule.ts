/**
 * When requests are due under a fixed rate, one after the other at equal distances. A latency counts from the time when its request was
 * due, whether or not it could be sent then: the wait for a slow server must count for all requests that were due meanwhile.
 */
export class Schedule {
  readonly #start: number;
  readonly #interval: number;
  #taken = 0;

  /** @param rate requests a second @param start milliseconds, on the clock of what is asked later */
  constructor(rate: number, start: number) {
    this.#start = start;
    this.#interval = 1000 / rate;
  }

  /** The time at which the next request is due, if that is not after `now`; then it counts as sent. */
  next(now: number): number | undefined {
    const due = this.#start + this.#taken * this.#interval;
    if (due > now) return undefined;
    this.#taken++;
    return due;
  }
}
