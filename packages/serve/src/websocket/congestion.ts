import type { Subscriber } from "@mantou/pubsub";
import type { Prepared } from "@mantou/websocket";
import type { JoinedMessages } from "./joined-messages.ts";

/**
 * What publishing needs of a WebSocket. `WebSocketSender` implements it. It is an interface because senders use the publisher, and the
 * publisher delivers to senders: without it their files would import each other.
 */
export interface Recipient {
  readonly subscriber: Subscriber<Recipient, Prepared>;
  meetPublished(): 0 | -1 | undefined;
  deliver(joined: JoinedMessages): void;
}

/** With more congested subscribers than these, the result for a topic holds until the end of the turn. */
const MOST_LOOKED_AT = 64;

/**
 * The WebSockets whose clients do not keep up, or that wait for messages that are not ready. `publish` looks at these in place of all
 * subscribers. Mostly there are none.
 */
export class Congestion {
  readonly #recipients = new Set<Recipient>();
  /** The recipient for which the last message is dropped. */
  #full: Recipient | null = null;
  /** Results by topic. */
  readonly #found = new Map<string, 0 | -1 | undefined>();

  add(recipient: Recipient): void {
    this.#recipients.add(recipient);
    this.#found.clear();
  }

  delete(recipient: Recipient): void {
    this.#recipients.delete(recipient);
    this.#found.clear();
  }

  /** Forgets results at the end of a turn: bytes have been written, and topics may have other subscribers. */
  forget(): void {
    if (this.#found.size > 0) this.#found.clear();
  }

  /**
   * What a message that is published now meets.
   * @returns 0 if it will be dropped for a subscriber, -1 if it will wait for one, undefined if no subscriber holds it up
   */
  status(topic: string, except: Recipient | undefined): 0 | -1 | undefined {
    this.#full = null;
    if (this.#recipients.size === 0) return undefined;
    // A publisher that is congested itself is left out: results for other publishers do not hold for it.
    const isFew = this.#recipients.size <= MOST_LOOKED_AT;
    if (isFew || (except !== undefined && this.#recipients.has(except))) return this.#find(topic, except);
    if (this.#found.has(topic)) return this.#found.get(topic);
    const found = this.#find(topic, undefined);
    this.#found.set(topic, found);
    return found;
  }

  /** Drops the message for which `status` was 0, also if the client would read before the end of the turn. */
  drop(): void {
    this.#full?.subscriber.flush();
  }

  #find(topic: string, except: Recipient | undefined): 0 | -1 | undefined {
    let found: -1 | undefined;
    for (const recipient of this.#recipients) {
      if (recipient === except || !recipient.subscriber.isSubscribed(topic)) continue;
      const status = recipient.meetPublished();
      if (status === 0) {
        this.#full = recipient;
        return 0;
      }
      found = status ?? found;
    }
    return found;
  }
}
