import { threadCpu } from "../child/thread-clock.ts";

/**
 * Measures the turns of the event loop, without a program's own work in its handlers. A timer of one millisecond fires once in each
 * turn that takes longer. It takes CPU time of the main thread: neither the machine's load counts, nor helper threads.
 */
export class OwnTurns {
  /** The longest since the last reset, in ms. */
  longest = 0;
  /** Milliseconds that the program has taken, ever. */
  readonly #ownTime: () => number;
  #lastCpu = 0;
  #lastOwn = 0;

  constructor(ownTime: () => number) {
    this.#ownTime = ownTime;
    this.#begin();
    setInterval(() => this.#tick(), 1).unref();
  }

  #tick(): void {
    const taken = threadCpu() - this.#lastCpu;
    this.longest = Math.max(this.longest, taken - (this.#ownTime() - this.#lastOwn));
    this.#begin();
  }

  #begin(): void {
    this.#lastCpu = threadCpu();
    this.#lastOwn = this.#ownTime();
  }

  reset(): void {
    this.#begin();
    this.longest = 0;
  }
}
