import { type Batch, Slice } from "./batch.ts";

/** One subscriber in one topic. `start` and `skips` count in the topic's batch; without a batch they are 0 and null. */
export class Membership<S, M> {
  readonly topic: Topic<S, M>;
  readonly subscriber: S;
  /** The index of this object in the topic's `members`. */
  index: number;
  /** Index in the batch of the first message that this subscriber may still get. */
  start: number;
  /** Indexes in the batch, from `start` on, of messages that this subscriber does not get. */
  skips: number[] | null = null;

  constructor(topic: Topic<S, M>, subscriber: S, index: number, start: number) {
    this.topic = topic;
    this.subscriber = subscriber;
    this.index = index;
    this.start = start;
  }

  /** How many messages wait in the topic's batch for this subscriber. */
  get pendingCount(): number {
    const { batch } = this.topic;
    return batch === null ? 0 : batch.messages.length - this.start - (this.skips?.length ?? 0);
  }

  /** Takes what waits in the topic's batch for this subscriber. Messages that are published later are not in it. */
  takeSlice(): Slice<M> | null {
    const { batch } = this.topic;
    if (batch === null) return null;
    const end = batch.messages.length;
    const slice = this.pendingCount > 0 ? new Slice(batch, this.start, end, this.skips) : null;
    this.start = end;
    this.skips = null;
    return slice;
  }
}

/** A topic with at least one subscriber. It ends when its last subscriber leaves. */
export class Topic<S, M> {
  readonly name: string;
  /** An array and not a Set: it costs 8 bytes a member, and it is walked in every flush. */
  members: Membership<S, M>[] = [];
  /** The messages since the last flush, if there are any. */
  batch: Batch<M> | null = null;

  constructor(name: string) {
    this.name = name;
  }

  add(subscriber: S): Membership<S, M> {
    const start = this.batch?.messages.length ?? 0;
    const membership = new Membership(this, subscriber, this.members.length, start);
    // A push onto an empty array reserves 17 places. A topic with one member is common: a user's own, for example.
    if (this.members.length === 0) this.members = [membership];
    else this.members.push(membership);
    return membership;
  }

  /** The last member takes the place of the leaving one. That takes constant time, and the order of members means nothing. */
  remove(membership: Membership<S, M>): void {
    const last = this.members.pop();
    if (last === undefined || last === membership) return;
    last.index = membership.index;
    this.members[membership.index] = last;
  }

  /**
   * Ends the batch: adds to each subscriber its slice of it, and to `queue` the subscribers that had nothing pending until now.
   * It calls no host's code, so that a flush knows all recipients and their messages before the first delivery.
   *
   * @param addPending returns whether the slice is the subscriber's first
   */
  distribute(sharedId: number, queue: S[], addPending: (subscriber: S, slice: Slice<M>) => boolean): void {
    const { batch } = this;
    if (batch === null) return;
    batch.seal();
    const whole = new Slice(batch, 0, batch.messages.length, null, sharedId);
    for (const membership of this.members) {
      const isWhole = membership.start === 0 && membership.skips === null;
      const slice = isWhole ? whole : membership.takeSlice();
      membership.start = 0;
      if (slice !== null && addPending(membership.subscriber, slice)) queue.push(membership.subscriber);
    }
    this.batch = null;
  }
}
