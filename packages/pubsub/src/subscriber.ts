import type { Portion } from "./batch.ts";
import { type MergeCache, merge } from "./merge.ts";
import type { Membership, Topic } from "./topic.ts";

/** What a subscriber needs of its broker. */
export interface SubscriberHost<T, M> {
  readonly options: { deliver(target: T, messages: readonly M[]): void };
  /** The topics with a batch. */
  readonly pendingTopics: readonly Topic<Subscriber<T, M>, M>[];
  /** Those that left a topic in which something waited for them. */
  readonly leavers: Subscriber<T, M>[];
  join(name: string, subscriber: Subscriber<T, M>): Membership<Subscriber<T, M>, M>;
  leave(membership: Membership<Subscriber<T, M>, M>): void;
  leaveAll(memberships: Map<string, Membership<Subscriber<T, M>, M>>): void;
  publish(name: string, message: M, except: Subscriber<T, M> | undefined): number;
}

/**
 * One receiver of messages. Made by `Broker.subscriber(target)`; the host keeps it beside its target (on its socket object,
 * for example), so no look-up leads from a target to its topics.
 */
export class Subscriber<T, M> {
  /** What `deliver` is called with. */
  readonly target: T;
  readonly #exchange: SubscriberHost<T, M>;
  /** By topic name, in subscription order. Null while there are none: most connections of most servers never subscribe. */
  #memberships: Map<string, Membership<Subscriber<T, M>, M>> | null = null;
  /** What a running flush is going to deliver: nothing, one portion, or (then `#allTaken` lists them all) several. */
  #taken: Portion<M> | null = null;
  #allTaken: Portion<M>[] | null = null;
  /** What was published to topics that this subscriber has left since, and was not flushed yet. */
  #left: Portion<M>[] | null = null;
  #isClosed = false;

  /** @internal */
  constructor(exchange: SubscriberHost<T, M>, target: T) {
    this.#exchange = exchange;
    this.target = target;
  }

  /**
   * From now on, messages published to `topic` are delivered here; those published earlier are not.
   * @returns false, and nothing changes, if it was subscribed already or is closed.
   */
  subscribe(topic: string): boolean {
    if (this.#isClosed) return false;
    if (this.#memberships === null) this.#memberships = new Map();
    else if (this.#memberships.has(topic)) return false;
    this.#memberships.set(topic, this.#exchange.join(topic, this));
    return true;
  }

  /**
   * Messages published to `topic` from now on are not delivered here; those published while it was subscribed still are.
   * @returns false if it was not subscribed.
   */
  unsubscribe(topic: string): boolean {
    const membership = this.#memberships?.get(topic);
    if (this.#memberships === null || membership === undefined) return false;
    const portion = membership.cut();
    if (portion !== null) this.#keep(portion);
    if (this.#memberships.size === 1) this.#memberships = null;
    else this.#memberships.delete(topic);
    this.#exchange.leave(membership);
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
   * Publishes to all subscribers of `topic` but this one, which need not be subscribed itself, nor open.
   * @returns the number of recipients.
   */
  publish(topic: string, message: M): number {
    return this.#exchange.publish(topic, message, this);
  }

  /**
   * Whether `flush()` would deliver something. Costs one comparison while nothing at all is pending in the broker, else a
   * step for each topic that is pending or for each of its own, whichever are fewer.
   */
  get hasPending(): boolean {
    if (this.#taken !== null || this.#left !== null) return true;
    for (const membership of this.#pendingMemberships()) {
      if (membership.pendingCount > 0) return true;
    }
    return false;
  }

  /**
   * Delivers what is pending for this subscriber, now and in one call, if anything is. The host calls it before it sends
   * something directly, so that this arrives after what was published before. What `deliver` throws is thrown from here,
   * and the messages count as delivered.
   */
  flush(): void {
    const portions: Portion<M>[] = this.#allTaken ?? (this.#taken === null ? [] : [this.#taken]);
    for (const portion of this.#left ?? []) portions.push(portion);
    for (const membership of this.#pendingMemberships()) {
      const portion = membership.cut();
      if (portion !== null) portions.push(portion);
    }
    this.#drop();
    if (portions.length > 0) this.#exchange.options.deliver(this.target, merge(portions));
  }

  /**
   * Leaves all topics for good. What is pending is dropped: a host that wants it delivered calls `flush()` first. May be
   * called again.
   */
  close(): void {
    this.#isClosed = true;
    this.#drop();
    const memberships = this.#memberships;
    this.#memberships = null;
    if (memberships !== null) this.#exchange.leaveAll(memberships);
  }

  /** @internal Its membership in this very topic: another broker may have one of the same name. */
  membershipIn(topic: Topic<Subscriber<T, M>, M>): Membership<Subscriber<T, M>, M> | undefined {
    const membership = this.#memberships?.get(topic.name);
    return membership?.topic === topic ? membership : undefined;
  }

  /** @internal A flush adds what it is going to deliver. Returns whether it is the first portion. */
  take(portion: Portion<M>): boolean {
    // A closed one may still be a member.
    if (this.#isClosed) return false;
    if (this.#taken === null) {
      this.#taken = portion;
      return true;
    }
    if (this.#allTaken === null) this.#allTaken = [this.#taken, portion];
    else this.#allTaken.push(portion);
    return false;
  }

  /** @internal A flush adds what waited in topics that were left. Returns whether the first portion came by it. */
  takeLeft(): boolean {
    const left = this.#left;
    this.#left = null;
    let isFirst = false;
    for (const portion of left ?? []) isFirst = this.take(portion) || isFirst;
    return isFirst;
  }

  /** @internal What a flush is to deliver now: null if it was delivered or dropped since the flush added it. */
  claim(merges: MergeCache<M>): readonly M[] | null {
    const taken = this.#taken;
    if (taken === null) return null;
    const all = this.#allTaken;
    this.#taken = null;
    this.#allTaken = null;
    return all === null ? taken.messages() : merges.merge(all);
  }

  #keep(portion: Portion<M>): void {
    if (this.#left === null) {
      this.#left = [portion];
      this.#exchange.leavers.push(this);
    } else this.#left.push(portion);
  }

  #drop(): void {
    this.#taken = null;
    this.#allTaken = null;
    this.#left = null;
  }

  /** Its memberships in topics with a batch, and perhaps others, found by the shorter way. */
  #pendingMemberships(): Iterable<Membership<Subscriber<T, M>, M>> {
    const { pendingTopics } = this.#exchange;
    if (this.#memberships === null || pendingTopics.length === 0) return [];
    if (pendingTopics.length >= this.#memberships.size) return this.#memberships.values();
    const found: Membership<Subscriber<T, M>, M>[] = [];
    for (const topic of pendingTopics) {
      const membership = this.membershipIn(topic);
      if (membership !== undefined) found.push(membership);
    }
    return found;
  }
}
