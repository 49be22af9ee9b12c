import { threadCpu } from "../child/thread-clock.ts";

/**
 * How long turns of the event loop take, without what a program does within its handlers. A timer of one millisecond comes once in each
 * turn that takes longer. It is CPU time of the main thread: a busy machine does not count, nor do helper threads.
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
