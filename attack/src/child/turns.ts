import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { threadCpu } from "./thread-clock.ts";

/** Turns of at least that many milliseconds of CPU time are kept until the time of their collections is known. */
const LONG = 10;

interface Turn {
  readonly start: number;
  readonly end: number;
  readonly cpu: number;
}

/**
 * Measures the turns of the event loop. A timer of one millisecond fires once in each turn that takes longer, so the time
 * between two calls is one long turn, or several short ones.
 */
export class TurnMeter {
  #long: Turn[] = [];
  #collections: PerformanceEntry[] = [];
  #last = performance.now();
  #lastCpu = threadCpu();
  /** The runtime reports a collection in a later turn. */
  readonly #observer = new PerformanceObserver((list) => this.#collections.push(...list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
    setInterval(() => this.#tick(), 1).unref();
  }

  #tick(): void {
    const now = performance.now();
    const cpu = threadCpu();
    if (cpu - this.#lastCpu > LONG) {
      this.#long.push({ start: this.#last, end: now, cpu: cpu - this.#lastCpu });
    }
    this.#last = now;
    this.#lastCpu = cpu;
  }

  /** The most CPU time of the main thread between two calls, in ms, without collections; up to 10 it is not known better. */
  get longest(): number {
    this.#collections.push(...this.#observer.takeRecords());
    const own = this.#long.map(({ start, end, cpu }) => {
      const within = this.#collections.filter(({ startTime }) => startTime >= start && startTime < end);
      return cpu - within.reduce((sum, { duration }) => sum + duration, 0);
    });
    return Math.max(LONG, ...own);
  }

  /** Leaves out the time of the present turn so far. */
  skip(): void {
    this.#last = performance.now();
    this.#lastCpu = threadCpu();
  }

  reset(): void {
    this.skip();
    this.#long = [];
    this.#collections = [];
  }
}
