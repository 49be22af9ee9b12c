/**
 * How many of its own messages one client may take as answered, of the messages it received. An answer is `fanOut`
 * messages, whosever they are: in a room, a client that was slow to read finds many rounds of the others waiting, more than
 * it has messages under way. Those keep until it next receives something, which it will, since its own messages come back to it.
 */
export class Answers {
  readonly #fanOut: number;
  readonly #inFlight: number;
  /** Messages received that were not yet taken as answers. */
  #waiting = 0;

  constructor(fanOut: number, inFlight: number) {
    this.#fanOut = fanOut;
    this.#inFlight = inFlight;
  }

  /** @returns how many of the client's messages `messages` more answer, 0 to `inFlight`; it sends as many again */
  take(messages: number): number {
    this.#waiting += messages;
    const answered = Math.min(Math.floor(this.#waiting / this.#fanOut), this.#inFlight);
    this.#waiting -= answered * this.#fanOut;
    return answered;
  }
}
