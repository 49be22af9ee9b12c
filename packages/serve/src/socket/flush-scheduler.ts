import { logError, runIsolated } from "../errors/log.ts";

/** Something that has to be written at the end of a turn. */
export interface Flushed {
  /** Whether it is flushed at the end of this turn; the turn's. */
  awaitsFlush: boolean;
  flush(): void;
}

/**
 * The end of a turn of the event loop, at which everything that WebSockets were sent during the turn is written: one
 * write for each socket, however often it was sent something.
 */
export class FlushScheduler {
  #flushed: Flushed[] = [];
  #scheduled = false;
  /** Runs first at the end of a turn: published messages go into write queues here. */
  readonly #before: () => void;

  constructor(before: () => void) {
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
    // The check phase comes right behind the reads of the poll phase, once for all of them.
    setImmediate(() => this.#end());
  }

  #end(): void {
    this.#scheduled = false;
    runIsolated(this.#before);
    const all = this.#flushed;
    this.#flushed = [];
    for (const one of all) one.awaitsFlush = false;
    for (const one of all) flushIsolated(one);
  }
}

/** As `runIsolated`, without a closure for each socket of each turn. */
function flushIsolated(flushed: Flushed): void {
  try {
    flushed.flush();
  } catch (error) {
    logError(error);
  }
}
