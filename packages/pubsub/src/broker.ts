import { LEFT_AT_ONCE } from "./departures.ts";
import { type BrokerOptions, Exchange } from "./exchange.ts";
import { MergeCache } from "./merge.ts";
import { Subscriber } from "./subscriber.ts";

/**
 * Topics, fan-out and batching for subscribers of any kind. Messages published between two flushes reach each subscriber
 * together, in publish order across all its topics: once for each of its topics that a message was published to.
 *
 * It owns no timer and no socket: the host says with `flush()` when the time has come. Topic names are any strings.
 *
 * @typeParam T what a subscriber stands for, a connection for example; given back to `deliver`.
 * @typeParam M a message; passed by reference, never looked into.
 */
export class Broker<T, M> {
  readonly #exchange: Exchange<T, M>;
  readonly #merges: MergeCache<M> = new MergeCache();
  #isFlushing = false;
  #flushAgain = false;

  constructor(options: BrokerOptions<T, M>) {
    this.#exchange = new Exchange(options);
  }

  /** A new subscriber without topics. Each call makes another one, also for the same target. */
  subscriber(target: T): Subscriber<T, M> {
    return new Subscriber(this.#exchange, target);
  }

  /**
   * Publishes to all who are subscribed to `topic` now, without `except` if that is given and subscribed. Takes constant
   * time; a message without recipients is not kept.
   * @returns the number of recipients.
   */
  publish(topic: string, message: M, except?: Subscriber<T, M>): number {
    return this.#exchange.publish(topic, message, except);
  }

  subscriberCount(topic: string): number {
    const found = this.#exchange.topics.get(topic);
    return found === undefined ? 0 : this.#exchange.memberCount(found);
  }

  /** How many topics have a subscriber; others don't exist. (Those that are still to be left by `leaveSome` are left first.) */
  get topicCount(): number {
    this.#exchange.leaveSome(Number.POSITIVE_INFINITY);
    return this.#exchange.topics.size;
  }

  /**
   * Delivers everything pending, in one `deliver` for each subscriber. What is published meanwhile waits for the next
   * flush (`schedule` is called for it). A flush inside `deliver` returns at once, and the running one goes round again
   * before it returns, so deliveries don't nest and no subscriber gets newer messages before older ones. (A `deliver` that
   * publishes and flushes every time therefore never lets it return.)
   *
   * A `deliver` that throws does not keep messages from others: all are served first. Its own messages count as delivered.
   * @throws what `deliver` threw; an `AggregateError` of all, in order, if more than one call threw.
   */
  flush(): void {
    if (this.#isFlushing) {
      this.#flushAgain = true;
      return;
    }
    const errors: unknown[] = [];
    this.#isFlushing = true;
    do {
      this.#flushAgain = false;
      this.#deliverAll(errors);
    } while (this.#flushAgain);
    this.#isFlushing = false;
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "deliver threw for several subscribers");
  }

  /**
   * Leaves some thousands of the topics of subscribers that were closed; see `BrokerOptions.scheduleLeaving`.
   * @returns whether there are more
   */
  leaveSome(): boolean {
    return this.#exchange.leaveSome(LEFT_AT_ONCE);
  }

  #deliverAll(errors: unknown[]): void {
    const { options } = this.#exchange;
    for (const subscriber of this.#takePending()) {
      // A delivery to another may have closed or flushed this one: then nothing is left for it.
      const messages = subscriber.claim(this.#merges);
      if (messages === null) continue;
      try {
        options.deliver(subscriber.target, messages);
      } catch (error) {
        errors.push(error);
      }
    }
    this.#merges.clear();
  }

  /** Settles who gets what, and leaves the broker with nothing pending. */
  #takePending(): Subscriber<T, M>[] {
    const exchange = this.#exchange;
    const topics = exchange.pendingTopics;
    const { leavers } = exchange;
    const queue: Subscriber<T, M>[] = [];
    if (topics.length === 0) return queue;
    exchange.pendingTopics = [];
    exchange.leavers = [];
    let sharedId = 0;
    for (const topic of topics) topic.distribute(++sharedId, queue);
    for (const subscriber of leavers) if (subscriber.takeLeft()) queue.push(subscriber);
    return queue;
  }
}
