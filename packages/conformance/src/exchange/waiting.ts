import type { Connection } from "../target/connection.ts";

export interface Patience {
  /** Milliseconds without a byte, after which the target is taken for silent. */
  readonly quiet: number;
  /** Milliseconds for the whole exchange, for targets that drip. */
  readonly whole: number;
}

/** Milliseconds by which no timer is late in a process that waits. */
const LATE = 50;
/** Turns of the event loop in which a busy server in this process, as in a test, gets further than to silence. */
const TURNS = 20;

/** Waits for what a connection brings, as long as patience allows: until it is silent for the quiet time, or has ended. */
export class Waiting {
  readonly #connection: Connection;
  readonly #patience: Patience;
  readonly #deadline: number;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #isQuiet = false;
  #wake: (() => void) | null = null;

  constructor(connection: Connection, patience: Patience) {
    this.#connection = connection;
    this.#patience = patience;
    this.#deadline = performance.now() + patience.whole;
    this.restart();
  }

  /** Nothing has come for the quiet time. */
  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** Something has come. */
  news(): void {
    // Behind the deadline the timer that is set comes to its end, whatever drips.
    if (performance.now() < this.#deadline) this.restart();
    this.#wake?.();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition() && this.#connection.end === "open" && !this.#isQuiet) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  /** The quiet time begins anew. */
  restart(): void {
    this.#isQuiet = false;
    this.stop();
    const now = performance.now();
    const left = Math.max(Math.min(this.#patience.quiet, this.#deadline - now), 0);
    this.#timer = setTimeout(() => this.#over(now + left), left);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  #over(due: number): void {
    const now = performance.now();
    // This process was held up itself: what has come meanwhile is read before the target is taken for silent.
    if (now - due > LATE && now < this.#deadline) {
      this.restart();
      return;
    }
    this.#afterTurns(TURNS);
  }

  #afterTurns(left: number): void {
    if (left > 0) {
      this.#turn = setImmediate(() => this.#afterTurns(left - 1));
      return;
    }
    this.#isQuiet = true;
    this.#wake?.();
  }
}
