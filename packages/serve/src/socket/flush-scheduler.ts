import { logError } from "../errors/log.ts";
import { type Flushed, FlushQueue } from "./flush-queue.ts";
import { turnEnd } from "./turn-end.ts";

/**
 * Writes the messages of a turn of the event loop at its end: one write for each socket, however many messages were sent to it.
 */
export class FlushScheduler {
  readonly #queue = new FlushQueue();
  #scheduled = false;
  #isEnding = false;
  /** Runs first at the end of a turn: it puts published messages into write queues. */
  readonly #before: (isAgain: boolean) => void;

  /** @param before gets true if the application has ended the process within the last call, which does not return */
  constructor(before: (isAgain: boolean) => void) {
    this.#before = before;
  }

  add(flushed: Flushed): void {
    if (this.#queue.add(flushed)) this.schedule();
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    turnEnd.run(this.#end);
  }

  readonly #end = (): void => {
    const isAgain = this.#isEnding;
    this.#isEnding = true;
    // What the call that has not returned left.
    if (isAgain) this.#queue.flush();
    this.#scheduled = false;
    try {
      this.#before(isAgain);
    } catch (error) {
      logError(error);
    }
    this.#queue.flush();
    this.#isEnding = false;
  };
}
