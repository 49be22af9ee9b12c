import { Batch } from "./batch.ts";
import { Departures, LEFT_AT_ONCE } from "./departures.ts";
import type { Subscriber } from "./subscriber.ts";
import { type Membership, Topic } from "./topic.ts";

/** What a broker calls its host with. Neither function is called before the broker's state is consistent again. */
export interface BrokerOptions<T, M> {
  /**
   * Called by a flush once for each subscriber that has something pending, with all of it in publish order. Subscribers
   * that get the same messages are handed the same array object, so whatever is derived from it (joined frames, for
   * example) can be cached by its identity. The array never changes afterwards and may be kept.
   *
   * It may publish, subscribe, unsubscribe, close and flush; what it publishes waits for the next flush. If it flushes the
   * subscriber that it is delivering to, it is called again for that subscriber before it has returned, so it should pass
   * on the messages that it holds before it runs other code.
   */
  deliver(target: T, messages: readonly M[]): void;
  /**
   * Called when nothing was pending and now something is: the host calls `flush()` later, best at the end of its turn of
   * the event loop. It may also flush at once. It should not throw: the error would reach whoever published.
   */
  schedule(): void;
  /**
   * Called when a subscriber was closed that had thousands of topics, and none is being left yet: the host calls `leaveSome()`, each
   * time in a later turn, until that returns false. Without this function they are all left at once, a million in two seconds.
   */
  scheduleLeaving?(): void;
}

/** What a broker and its subscribers share: the topics, and what is pending in them. */
export class Exchange<T, M> {
  readonly options: BrokerOptions<T, M>;
  /** Every topic that has a subscriber. */
  readonly topics: Map<string, Topic<Subscriber<T, M>, M>> = new Map();
  /** The topics with a batch, in the order of their first message. */
  pendingTopics: Topic<Subscriber<T, M>, M>[] = [];
  /** Those that left a topic in which something waited for them. May name one twice, or one that has been flushed. */
  leavers: Subscriber<T, M>[] = [];
  readonly #departures = new Departures<Subscriber<T, M>, M>();
  #sequence = 0;

  constructor(options: BrokerOptions<T, M>) {
    this.options = options;
  }

  join(name: string, subscriber: Subscriber<T, M>): Membership<Subscriber<T, M>, M> {
    let topic = this.topics.get(name);
    if (topic === undefined) {
      topic = new Topic(name);
      this.topics.set(name, topic);
    }
    return topic.add(subscriber);
  }

  /**
   * A topic without members vanishes at once, even if it has a batch: whoever still gets some of that batch holds it. The
   * same name then starts as a new topic.
   */
  leave(membership: Membership<Subscriber<T, M>, M>): void {
    const { topic } = membership;
    topic.remove(membership);
    if (topic.members.length === 0) this.topics.delete(topic.name);
  }

  /** A closed subscriber leaves all its topics. The map is given away. */
  leaveAll(memberships: Map<string, Membership<Subscriber<T, M>, M>>): void {
    const { options } = this;
    if (memberships.size <= LEFT_AT_ONCE || options.scheduleLeaving === undefined) {
      for (const membership of memberships.values()) this.leave(membership);
      return;
    }
    const isFirst = this.#departures.isEmpty;
    this.#departures.add(memberships);
    if (isFirst) options.scheduleLeaving();
  }

  /** @returns whether there are more to leave */
  leaveSome(most: number): boolean {
    this.#departures.step(most, (membership) => this.leave(membership));
    return !this.#departures.isEmpty;
  }

  /** Without those that were closed and have not left yet. */
  memberCount(topic: Topic<Subscriber<T, M>, M>): number {
    const { length } = topic.members;
    return this.#departures.isEmpty ? length : length - this.#departures.count(topic);
  }

  /** Constant time: it keeps the message once, and leaves it to the flush to find the recipients. */
  publish(name: string, message: M, except: Subscriber<T, M> | undefined): number {
    const topic = this.topics.get(name);
    if (topic === undefined) return 0;
    const excepted = except?.membershipIn(topic);
    const recipients = this.memberCount(topic) - (excepted === undefined ? 0 : 1);
    if (recipients === 0) return 0;
    this.#sequence++;
    const index = this.#append(topic, message);
    if (excepted !== undefined) {
      if (excepted.skips === null) excepted.skips = [index];
      else excepted.skips.push(index);
    }
    // The very first message since the flush. Last, because the host may flush right here.
    if (index === 0 && this.pendingTopics.length === 1) this.options.schedule();
    return recipients;
  }

  /** Returns the message's index in the topic's batch. */
  #append(topic: Topic<Subscriber<T, M>, M>, message: M): number {
    if (topic.batch !== null) return topic.batch.add(message, this.#sequence);
    topic.batch = new Batch(message, this.#sequence);
    this.pendingTopics.push(topic);
    return 0;
  }
}
