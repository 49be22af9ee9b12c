import type { Deadline } from "./clock.ts";
import type { Outbox } from "./outbox.ts";

/**
 * The time that a server has to finish the closing handshake. It begins when the server has taken all that was sent. It begins
 * anew as long as the server goes on taking.
 */
export class ClosingDeadline {
  readonly #deadline: Deadline;
  readonly #outbox: Outbox;
  readonly #milliseconds: number;

  constructor(deadline: Deadline, outbox: Outbox, milliseconds: number) {
    this.#deadline = deadline;
    this.#outbox = outbox;
    this.#milliseconds = milliseconds;
  }

  /**
   * @param isOver whether the connection has ended otherwise
   * @param expire called when the time is over
   */
  start(isOver: () => boolean, expire: () => void): void {
    const outbox = this.#outbox;
    this.#set(expire);
    if (outbox.congested) outbox.whenDrained(() => !isOver() && this.#set(expire));
  }

  #set(expire: () => void): void {
    const { taken } = this.#outbox;
    this.#deadline.set(this.#milliseconds, () => {
      if (this.#outbox.taken > taken) this.#set(expire);
      else expire();
    });
  }
}
