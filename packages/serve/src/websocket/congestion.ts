import type { Subscriber } from "@mantou/pubsub";
import type { Prepared } from "@mantou/websocket";
import type { JoinedMessages } from "./joined-messages.ts";

/** A connection, as far as publishing goes to it. */
export interface Recipient {
  readonly subscriber: Subscriber<Recipient, Prepared>;
  readonly sender: {
    meetPublished(): 0 | -1 | undefined;
    deliver(joined: JoinedMessages): void;
  };
}

/** With more connections than these, what was found for a topic holds until the end of the turn. */
const MOST_LOOKED_AT = 64;

/**
 * The WebSockets whose clients do not take everything that they are sent, or that wait for what is not ready: what `publish` has to
 * look at, in place of all subscribers.
 * Mostly there are none.
 */
export class Congestion {
  readonly #connections = new Set<Recipient>();
  /** The one for which the last message is dropped. */
  #full: Recipient | null = null;
  /** By topic. */
  readonly #found = new Map<string, 0 | -1 | undefined>();

  add(connection: Recipient): void {
    this.#connections.add(connection);
    this.#found.clear();
  }

  delete(connection: Recipient): void {
    this.#connections.delete(connection);
    this.#found.clear();
  }

  /** A turn is over: more has been written, and topics may have other subscribers. */
  forget(): void {
    if (this.#found.size > 0) this.#found.clear();
  }

  /**
   * What a message that is published now meets.
   *
   * @returns 0 if it is going to be dropped for one subscriber, -1 if it has to wait for one, undefined if all are free
   */
  status(topic: string, except: Recipient | undefined): 0 | -1 | undefined {
    this.#full = null;
    if (this.#connections.size === 0) return undefined;
    // A congested publisher is left out, so that what was found for others says nothing.
    const isFew = this.#connections.size <= MOST_LOOKED_AT;
    if (isFew || (except !== undefined && this.#connections.has(except))) return this.#find(topic, except);
    if (this.#found.has(topic)) return this.#found.get(topic);
    const found = this.#find(topic, undefined);
    this.#found.set(topic, found);
    return found;
  }

  /** What `publish` has called dropped is dropped, also if the client reads before the end of the turn. */
  drop(): void {
    this.#full?.subscriber.flush();
  }

  #find(topic: string, except: Recipient | undefined): 0 | -1 | undefined {
    let found: -1 | undefined;
    for (const connection of this.#connections) {
      if (connection === except || !connection.subscriber.isSubscribed(topic)) continue;
      const status = connection.sender.meetPublished();
      if (status === 0) {
        this.#full = connection;
        return 0;
      }
      found = status ?? found;
    }
    return found;
  }
}
