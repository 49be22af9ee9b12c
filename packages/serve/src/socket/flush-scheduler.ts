import { logError, runIsolated } from "../errors/log.ts";
import { turnEnd } from "./turn-end.ts";

/** An object that is flushed at the end of a turn. */
export interface Flushed {
  /** Whether this turn ends with its flush. The scheduler sets it. */
  awaitsFlush: boolean;
  flush(): void;
}

/**
 * Writes the messages of a turn of the event loop at its end: one write for each socket, however many messages were sent to it.
 */
export class FlushScheduler {
  #flushed: Flushed[] = [];
  #scheduled = false;
  #isEnding = false;
  /** Those of the turn that ends which are still to be flushed. */
  #rest: Iterable<Flushed> = [];
  /** Runs first at the end of a turn: it puts published messages into write queues. */
  readonly #before: (isAgain: boolean) => void;

  /** @param before gets true if the application has ended the process within the last call, which does not return */
  constructor(before: (isAgain: boolean) => void) {
    this.#before = before;
  }

  add(flushed: Flushed): void {
    if (flushed.awaitsFlush) return;
    flushed.awaitsFlush = true;
    this.#flushed.push(flushed);
    this.schedule();
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    turnEnd.run(this.#end);
  }

  readonly #end = (): void => {
    const isAgain = this.#isEnding;
    this.#isEnding = true;
    this.#flushRest();
    this.#scheduled = false;
    runIsolated(() => this.#before(isAgain));
    const all = this.#flushed;
    this.#flushed = [];
    for (const one of all) one.awaitsFlush = false;
    this.#rest = all.values();
    this.#flushRest();
    this.#isEnding = false;
  };

  #flushRest(): void {
    for (const one of this.#rest) flushIsolated(one);
  }
}

/** The same as `runIsolated`, without a closure for each socket of each turn. */
export function flushIsolated(flushed: Pick<Flushed, "flush">): void {
  try {
    flushed.flush();
  } catch (error) {
    logError(error);
  }
}
