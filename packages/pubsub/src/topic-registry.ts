import { Batch } from "./batch.ts";
import { Departures, LEFT_AT_ONCE } from "./departures.ts";
import { type Membership, Topic } from "./topic.ts";

/** The functions by which a broker calls its host. The broker's state is consistent before each call. */
export interface BrokerOptions<T, M> {
  /**
   * A flush calls it once for each subscriber that has something pending, with all of it in publish order. Subscribers
   * that get the same messages get the same array object. A host can therefore cache by its identity what it makes of the
   * messages, joined frames for example. The array never changes afterwards and may be kept.
   *
   * It may publish, subscribe, unsubscribe, close and flush; what it publishes waits for the next flush. If it flushes the
   * subscriber that it is delivering to, it is called again for that subscriber before it has returned. It should therefore
   * pass on the messages that it holds before it runs other code.
   */
  deliver(target: T, messages: readonly M[]): void;
  /**
   * The broker calls it when nothing was pending and now something is. The host calls `flush()` later, best at the end of its
   * turn of the event loop, or at once. `schedule` should not throw: `publish` would throw its error.
   */
  schedule(): void;
  /**
   * The broker calls it when a subscriber with thousands of topics was closed and no other such subscriber is leaving. The host
   * calls `leaveSome()`, each time in a later turn, until that returns false. Without this function a closed subscriber leaves
   * all its topics at once, a million in two seconds.
   */
  scheduleLeaving?(): void;
  /** A topic has its first member, which is subscribed already. It must not call the broker. */
  topicAdded?(topic: string): void;
  /** A topic has lost its last member, and is gone. It must not call the broker. */
  topicRemoved?(topic: string): void;
}

/** The state that a broker and its subscribers share: the topics, and what is pending in them. */
export class TopicRegistry<T, M, S> {
  readonly options: BrokerOptions<T, M>;
  /** Every topic that has a subscriber. */
  readonly topics: Map<string, Topic<S, M>> = new Map();
  /** The topics with a batch, in the order of their first message. */
  pendingTopics: Topic<S, M>[] = [];
  /** Subscribers that unsubscribed while messages waited for them. It may name one twice, or one that has been flushed since. */
  unsubscribedWithPending: S[] = [];
  readonly #departures = new Departures<S, M>();
  #sequence = 0;

  constructor(options: BrokerOptions<T, M>) {
    this.options = options;
  }

  join(name: string, subscriber: S): Membership<S, M> {
    const known = this.topics.get(name);
    if (known !== undefined) return known.add(subscriber);
    const topic = new Topic<S, M>(name);
    this.topics.set(name, topic);
    const membership = topic.add(subscriber);
    this.options.topicAdded?.(name);
    return membership;
  }

  /**
   * A topic without members is deleted at once, even if it has a batch: subscribers that get some of the batch hold it. The
   * same name then starts as a new topic.
   */
  leave(membership: Membership<S, M>): void {
    const { topic } = membership;
    topic.remove(membership);
    if (topic.members.length > 0) return;
    this.topics.delete(topic.name);
    this.options.topicRemoved?.(topic.name);
  }

  /** A closed subscriber leaves all its topics. The map belongs to the registry from then on. */
  leaveAll(memberships: Map<string, Membership<S, M>>): void {
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

  /** Does not count closed subscribers that are still leaving. */
  memberCount(topic: Topic<S, M>): number {
    const { length } = topic.members;
    return this.#departures.isEmpty ? length : length - this.#departures.count(topic);
  }

  /**
   * Takes constant time: it keeps the message once, and the flush finds the recipients.
   *
   * @param except the membership of the subscriber that does not get the message. One in another topic has no effect: another
   *   broker may have a topic of the same name.
   */
  publish(name: string, message: M, except: Membership<S, M> | undefined): number {
    const topic = this.topics.get(name);
    if (topic === undefined) return 0;
    const excepted = except?.topic === topic ? except : undefined;
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
  #append(topic: Topic<S, M>, message: M): number {
    if (topic.batch !== null) return topic.batch.add(message, this.#sequence);
    topic.batch = new Batch(message, this.#sequence);
    this.pendingTopics.push(topic);
    return 0;
  }
}
