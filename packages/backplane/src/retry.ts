import { clearTimeout, setTimeout } from "node:timers";

/** The time between two attempts to connect: full jitter, so that a thousand clients of an engine that is back come one by one. */
export interface RetryOptions {
  /** The first delay is below this, the next one below twice this, and so on; in milliseconds. */
  readonly firstMs: number;
  readonly mostMs: number;
  /** From 0 up, below 1. */
  readonly random?: () => number;
}

export class Retry {
  readonly #options: RetryOptions;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /** Runs `attempt` after a while. A later call replaces an earlier one. */
  schedule(attempt: () => void): void {
    this.stop();
    // A program ends when nothing but an attempt to connect is left.
    this.#timer = setTimeout(attempt, this.nextDelay()).unref();
  }

  /** An attempt was good: the next delay is a first one again. */
  reset(): void {
    this.#failures = 0;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  nextDelay(): number {
    const { firstMs, mostMs, random = Math.random } = this.#options;
    // 2 ** 30 is beyond any delay, and far from infinity.
    const most = Math.min(mostMs, firstMs * 2 ** Math.min(this.#failures++, 30));
    return random() * most;
  }
}
