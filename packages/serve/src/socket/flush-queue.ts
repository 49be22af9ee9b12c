import { logError } from "../errors/log.ts";

/** What can wait in a queue for its flush, in one queue at a time. */
export interface Flushed {
  /** The one that waits behind it; the queue sets it. */
  next: Flushed | null;
  flush(): void;
}

/** Things that wait for their flush in a row, each linked to the one behind it: an array for each turn of the event loop took 180 bytes. */
export class FlushQueue {
  #first: Flushed | null = null;
  #last: Flushed | null = null;

  /** @returns whether it did not wait before. */
  add(flushed: Flushed): boolean {
    if (flushed.next !== null || flushed === this.#last) return false;
    if (this.#last === null) this.#first = flushed;
    else this.#last.next = flushed;
    this.#last = flushed;
    return true;
  }

  /** Flushes what waits now: what is added meanwhile waits for the next call, or for one that comes within this one. Errors are reported. */
  flush(): void {
    const end = this.#last;
    for (let one = this.#take(); one !== null; one = one === end ? null : this.#take()) {
      // The same as `runIsolated`, without a closure for each.
      try {
        one.flush();
      } catch (error) {
        logError(error);
      }
    }
  }

  #take(): Flushed | null {
    const one = this.#first;
    if (one === null) return null;
    this.#first = one.next;
    one.next = null;
    if (this.#first === null) this.#last = null;
    return one;
  }
}
