import type { Outbox } from "./outbox.ts";

/**
 * The end of a turn of the event loop, at which everything that WebSockets were sent during the turn is written: one
 * write for each socket, whoever sent, and however often.
 */
export class Turn {
  #outboxes: Outbox[] = [];
  #scheduled = false;
  /** Runs first at the end of a turn: published messages go into outboxes here. */
  readonly #before: () => void;

  constructor(before: () => void) {
    this.#before = before;
  }

  /** An outbox that has something to write. */
  add(outbox: Outbox): void {
    if (outbox.awaitsTurn) return;
    outbox.awaitsTurn = true;
    this.#outboxes.push(outbox);
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
    try {
      this.#before();
    } finally {
      const outboxes = this.#outboxes;
      this.#outboxes = [];
      for (const outbox of outboxes) outbox.awaitsTurn = false;
      for (const outbox of outboxes) outbox.flush();
    }
  }
}
