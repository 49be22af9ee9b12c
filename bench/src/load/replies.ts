/**
 * Counts how many of one client's messages have their reply, by the messages that it received. A reply is `fanOut`
 * messages from any sender: in a room, a client that was slow to read finds many rounds of the others waiting, more than
 * it has messages in flight. Those count when it next receives a message, and it will, since its own messages come back to it.
 */
export class Replies {
  readonly #fanOut: number;
  readonly #inFlight: number;
  /** Received messages that do not count as replies yet. */
  #waiting = 0;

  constructor(fanOut: number, inFlight: number) {
    this.#fanOut = fanOut;
    this.#inFlight = inFlight;
  }

  /** @returns how many of the client's messages have their reply by `messages` more, 0 to `inFlight`; it sends as many again */
  take(messages: number): number {
    this.#waiting += messages;
    const replied = Math.min(Math.floor(this.#waiting / this.#fanOut), this.#inFlight);
    this.#waiting -= replied * this.#fanOut;
    return replied;
  }
}
