/**
 * How long turns of the event loop take. A timer of one millisecond comes once in each turn that takes longer, so what has
 * passed between two of its calls is one long turn, or several short ones.
 */
export class TurnMeter {
  #longest = 0;
  #longestCpu = 0;
  #last = performance.now();
  #lastCpu = process.cpuUsage();

  constructor() {
    setInterval(() => this.#tick(), 1).unref();
  }

  #tick(): void {
    const now = performance.now();
    const cpu = process.cpuUsage(this.#lastCpu);
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#longestCpu = Math.max(this.#longestCpu, (cpu.user + cpu.system) / 1000);
    this.#last = now;
    this.#lastCpu = process.cpuUsage();
  }

  /** The longest turn so far, in ms. */
  get longest(): number {
    return this.#longest;
  }

  /** The most CPU time between two calls, in ms; helper threads (collections, zlib) are in it. */
  get longestCpu(): number {
    return this.#longestCpu;
  }

  /** Leaves out what has passed of the present turn. */
  skip(): void {
    this.#last = performance.now();
    this.#lastCpu = process.cpuUsage();
  }

  reset(): void {
    this.skip();
    this.#longest = 0;
    this.#longestCpu = 0;
  }
}
