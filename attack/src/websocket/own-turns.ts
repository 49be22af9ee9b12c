/**
 * How long turns of the event loop take, without what a program does within its handlers. A timer of one millisecond comes once in each
 * turn that takes longer. CPU time or time on the clock, whichever is less: a busy machine does not count, nor do helper threads.
 */
export class OwnTurns {
  /** The longest since the last reset, in ms. */
  longest = 0;
  /** Milliseconds that the program has taken, ever. */
  readonly #ownTime: () => number;
  #last = 0;
  #lastCpu: NodeJS.CpuUsage = process.cpuUsage();
  #lastOwn = 0;

  constructor(ownTime: () => number) {
    this.#ownTime = ownTime;
    this.#begin();
    setInterval(() => this.#tick(), 1).unref();
  }

  #tick(): void {
    const { user, system } = process.cpuUsage(this.#lastCpu);
    const taken = Math.min(performance.now() - this.#last, (user + system) / 1000);
    this.longest = Math.max(this.longest, taken - (this.#ownTime() - this.#lastOwn));
    this.#begin();
  }

  #begin(): void {
    this.#last = performance.now();
    this.#lastCpu = process.cpuUsage();
    this.#lastOwn = this.#ownTime();
  }

  reset(): void {
    this.#begin();
    this.longest = 0;
  }
}
