import type { MessageHeaders, NatsClient, NatsMessage, Subscription } from "./package.ts";

/** Gets the answer; null when none will come. */
export type Answered = (answer: NatsMessage | null, error: Error | null) => void;

interface Pending {
  readonly subject: string;
  readonly askedAt: number;
  readonly answered: Answered;
}

/** Requests with one subscription for all answers, under the program's own prefix: its permission is enough. */
export class Requests {
  readonly #client: NatsClient;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  /** By number; the oldest first. */
  readonly #pending = new Map<string, Pending>();
  #number = 0;

  constructor(client: NatsClient, inbox: string) {
    this.#client = client;
    this.#inbox = inbox;
    this.#subscription = client.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
      },
    });
  }

  /** When the oldest one that is not answered was asked; null if all are. */
  get oldest(): number | null {
    for (const { askedAt } of this.#pending.values()) return askedAt;
    return null;
  }

  /** @throws Error if the connection is over, or the payload is too long */
  send(subject: string, payload: Uint8Array | string, answered: Answered, headers?: MessageHeaders): void {
    const number = String(++this.#number);
    const options = { reply: `${this.#inbox}.${number}`, ...(headers === undefined ? {} : { headers }) };
    this.#client.publish(subject, payload, options);
    this.#pending.set(number, { subject, askedAt: performance.now(), answered });
  }

  #receive(message: NatsMessage): void {
    const number = message.subject.slice(this.#inbox.length + 1);
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    pending?.answered(message, null);
  }

  /** The user may not publish to a subject. */
  refuse(subject: string, error: Error): void {
    for (const [number, pending] of this.#pending) {
      if (pending.subject !== subject) continue;
      this.#pending.delete(number);
      pending.answered(null, error);
    }
  }

  /** No answer comes any more, and nothing is told. */
  end(): void {
    this.#pending.clear();
    this.#subscription.unsubscribe();
  }
}
