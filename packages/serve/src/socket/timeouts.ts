import { clearInterval, setInterval } from "node:timers";
import { runIsolated } from "../errors/log.ts";
import { IndexedList } from "./indexed-list.ts";

/** The passing of time. Tests have clocks of their own. */
export interface Clock {
  /** Calls back every second, until the returned function is called. Must not keep the process alive. */
  everySecond(callback: () => void): () => void;
}

export const systemClock: Clock = {
  everySecond(callback: () => void): () => void {
    const timer = setInterval(callback, 1000);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** An object that times out. A plain assignment moves its deadline: the hot path has no other cost. */
export interface Timed {
  /** The value of `Timeouts.now` at which it times out; Infinity for never. */
  deadline: number;
  /** Its place among all deadlines: `UNLISTED` at first. `Timeouts` sets it. */
  timeoutPlace: number;
  onTimeout(): void;
}

/**
 * The deadlines of all connections, by one coarse timer, which compares each with the time every second. Ten thousand connections
 * cost some 50 µs a second. A timer for each of them would have to be re-armed at every request.
 */
export class Timeouts {
  /** Seconds since the start, in whole ticks. */
  now = 0;
  readonly #entries = new IndexedList<"timeoutPlace", Timed>("timeoutPlace");
  readonly #clock: Clock;
  #stopTicking: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Timed): void {
    this.#entries.add(entry);
    this.#stopTicking ??= this.#clock.everySecond(() => this.#tick());
  }

  delete(entry: Timed): void {
    if (!this.#entries.delete(entry) || this.#entries.size > 0) return;
    this.#stopTicking?.();
    this.#stopTicking = null;
  }

  /** The deadline that leaves at least `seconds` from now; 0 for never. */
  after(seconds: number): number {
    // A part of the current second has passed.
    return seconds === 0 ? Number.POSITIVE_INFINITY : this.now + seconds + 1;
  }

  #tick(): void {
    this.now++;
    const isLate = ({ deadline }: Timed): boolean => deadline <= this.now;
    for (const entry of this.#entries.filter(isLate)) {
      // Another one may have deleted it, or moved its deadline.
      if (this.#entries.has(entry) && isLate(entry)) runIsolated(() => entry.onTimeout());
    }
  }
}
