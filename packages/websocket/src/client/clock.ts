import { clearTimeout, setTimeout } from "node:timers";

/** A clock, so that tests need not wait for the real one. */
export interface Clock {
  /** Calls back once after `milliseconds`, unless the returned function is called before. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The real clock. The connection's socket keeps the process alive; the timer must not. */
export const systemClock: Clock = {
  after(milliseconds: number, callback: () => void): () => void {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A timer for one deadline at a time. */
export class Deadline {
  readonly #clock: Clock;
  #stop: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back after `milliseconds`, or never if they are 0. It replaces the deadline before. */
  set(milliseconds: number, callback: () => void): void {
    this.#stop();
    this.#stop = milliseconds === 0 ? () => {} : this.#clock.after(milliseconds, callback);
  }

  clear(): void {
    this.#stop();
  }
}
