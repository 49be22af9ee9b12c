import { logError } from "../errors/log.ts";
import { type Flushed, FlushQueue } from "./flush-queue.ts";
import { turnEnd } from "./turn-end.ts";

/**
 * Writes the messages of a turn of the event loop at its end: one write for each socket, however many messages were sent to it.
 */
export class FlushScheduler {
  readonly #queue = new FlushQueue();
  #scheduled = false;
  /** Runs first at the end of a turn: it puts published messages into write queues. */
  readonly #before: (isExit: boolean) => void;

  /** @param before gets true if the process ends, perhaps within a call of it that does not return */
  constructor(before: (isExit: boolean) => void) {
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
    const { isExit } = turnEnd;
    // First what calls no handler: one may end the process once more.
    if (isExit) this.#queue.flush();
    this.#scheduled = false;
    try {
      this.#before(isExit);
    } catch (error) {
      logError(error);
    }
    this.#queue.flush();
  };
}
