import type { Slice } from "./batch.ts";
import { type MergeCache, merge } from "./merge.ts";
import type { Membership, Topic } from "./topic.ts";
import type { TopicRegistry } from "./topic-registry.ts";

// The broker's part of a subscriber: functions, and not methods that a host would see on the object that it holds.

export let membershipOf: <T, M>(
  subscriber: Subscriber<T, M>,
  topic: string,
) => Membership<Subscriber<T, M>, M> | undefined;

/** A flush adds what it is going to deliver. Returns whether it is the first slice. */
export let addPending: <T, M>(subscriber: Subscriber<T, M>, slice: Slice<M>) => boolean;

/** A flush adds what waited in topics that the subscriber has left. Returns whether that gave it its first slice. */
export let addUnsubscribed: <T, M>(subscriber: Subscriber<T, M>) => boolean;

/** The messages that a flush delivers now; null if they were delivered or dropped since the flush added them. */
export let takePending: <T, M>(subscriber: Subscriber<T, M>, merges: MergeCache<M>) => readonly M[] | null;

/**
 * One receiver of messages. `Broker.subscriber(target)` makes it. The host keeps it beside its target, on its socket object
 * for example, so that no look-up leads from a target to its topics.
 */
export class Subscriber<T, M> {
  /** The first argument of `deliver`. */
  readonly target: T;
  readonly #registry: TopicRegistry<T, M, Subscriber<T, M>>;
  /** By topic name, in subscription order. Null while there are none: most connections of most servers never subscribe. */
  #memberships: Map<string, Membership<Subscriber<T, M>, M>> | null = null;
  /** The running flush is going to deliver this: nothing, one slice, or several (then `#allPending` lists them all). */
  #pending: Slice<M> | null = null;
  #allPending: Slice<M>[] | null = null;
  /** Messages that waited in topics when this subscriber unsubscribed, and that were not flushed yet. */
  #unsubscribed: Slice<M>[] | null = null;
  #isClosed = false;

  /** @internal */
  constructor(registry: TopicRegistry<T, M, Subscriber<T, M>>, target: T) {
    this.#registry = registry;
    this.target = target;
  }

  /**
   * Delivers here what is published to `topic` from now on. Earlier messages are not delivered here.
   * @returns false, and nothing changes, if it was subscribed already or is closed.
   */
  subscribe(topic: string): boolean {
    if (this.#isClosed) return false;
    if (this.#memberships === null) this.#memberships = new Map();
    else if (this.#memberships.has(topic)) return false;
    this.#memberships.set(topic, this.#registry.join(topic, this));
    return true;
  }

  /**
   * Ends the subscription to `topic`. Messages that were published during the subscription are still delivered.
   * @returns false if it was not subscribed.
   */
  unsubscribe(topic: string): boolean {
    const membership = this.#memberships?.get(topic);
    if (this.#memberships === null || membership === undefined) return false;
    const slice = membership.takeSlice();
    if (slice !== null) this.#keep(slice);
    if (this.#memberships.size === 1) this.#memberships = null;
    else this.#memberships.delete(topic);
    this.#registry.leave(membership);
    return true;
  }

  isSubscribed(topic: string): boolean {
    return this.#memberships?.has(topic) ?? false;
  }

  /** The names of its topics in subscription order; a new array each time. */
  get subscriptions(): string[] {
    return this.#memberships === null ? [] : [...this.#memberships.keys()];
  }

  /**
   * Publishes to all subscribers of `topic` but this one. This one need be neither subscribed nor open.
   * @returns the number of recipients.
   */
  publish(topic: string, message: M): number {
    return this.#registry.publish(topic, message, this.#memberships?.get(topic));
  }

  /**
   * Whether `flush()` would deliver something. Costs one comparison while nothing at all is pending in the broker. Otherwise it
   * takes a step for each pending topic or for each of its own topics, whichever are fewer.
   */
  get hasPending(): boolean {
    if (this.#pending !== null || this.#unsubscribed !== null) return true;
    for (const membership of this.#pendingMemberships()) {
      if (membership.pendingCount > 0) return true;
    }
    return false;
  }

  /**
   * Delivers what is pending for this subscriber, now and in one call, if anything is. The host calls it before it sends
   * something directly, so that this arrives after what was published before. It throws what `deliver` throws; the messages
   * count as delivered then.
   */
  flush(): void {
    const slices: Slice<M>[] = this.#allPending ?? (this.#pending === null ? [] : [this.#pending]);
    for (const slice of this.#unsubscribed ?? []) slices.push(slice);
    for (const membership of this.#pendingMemberships()) {
      const slice = membership.takeSlice();
      if (slice !== null) slices.push(slice);
    }
    this.#drop();
    if (slices.length > 0) this.#registry.options.deliver(this.target, merge(slices));
  }

  /**
   * Leaves all topics for good. Drops what is pending: a host that wants it delivered calls `flush()` first. A second call does
   * nothing.
   */
  close(): void {
    this.#isClosed = true;
    this.#drop();
    const memberships = this.#memberships;
    this.#memberships = null;
    if (memberships !== null) this.#registry.leaveAll(memberships);
  }

  static {
    membershipOf = (subscriber, topic) => subscriber.#memberships?.get(topic);

    addPending = (subscriber, slice) => {
      // A closed subscriber may still be a member.
      if (subscriber.#isClosed) return false;
      if (subscriber.#pending === null) {
        subscriber.#pending = slice;
        return true;
      }
      if (subscriber.#allPending === null) subscriber.#allPending = [subscriber.#pending, slice];
      else subscriber.#allPending.push(slice);
      return false;
    };

    addUnsubscribed = (subscriber) => {
      const slices = subscriber.#unsubscribed;
      subscriber.#unsubscribed = null;
      let isFirst = false;
      for (const slice of slices ?? []) isFirst = addPending(subscriber, slice) || isFirst;
      return isFirst;
    };

    takePending = (subscriber, merges) => {
      const first = subscriber.#pending;
      if (first === null) return null;
      const all = subscriber.#allPending;
      subscriber.#pending = null;
      subscriber.#allPending = null;
      return all === null ? first.messages() : merges.merge(all);
    };
  }

  #keep(slice: Slice<M>): void {
    if (this.#unsubscribed === null) {
      this.#unsubscribed = [slice];
      this.#registry.unsubscribedWithPending.push(this);
    } else this.#unsubscribed.push(slice);
  }

  #drop(): void {
    this.#pending = null;
    this.#allPending = null;
    this.#unsubscribed = null;
  }

  /** Its memberships in topics with a batch, and perhaps others, found by the shorter way. */
  #pendingMemberships(): Iterable<Membership<Subscriber<T, M>, M>> {
    const { pendingTopics } = this.#registry;
    if (this.#memberships === null || pendingTopics.length === 0) return [];
    if (pendingTopics.length >= this.#memberships.size) return this.#memberships.values();
    const found: Membership<Subscriber<T, M>, M>[] = [];
    for (const topic of pendingTopics) {
      const membership = this.#membershipIn(topic);
      if (membership !== undefined) found.push(membership);
    }
    return found;
  }

  /** Its membership in this very topic: another topic of the same name may have replaced a pending one. */
  #membershipIn(topic: Topic<Subscriber<T, M>, M>): Membership<Subscriber<T, M>, M> | undefined {
    const membership = this.#memberships?.get(topic.name);
    return membership?.topic === topic ? membership : undefined;
  }
}
