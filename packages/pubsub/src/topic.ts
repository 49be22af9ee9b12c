import { type Batch, Portion } from "./batch.ts";

/** A subscriber, as its topics know it. */
export interface Member<M> {
  /**
   * Adds what a flush is going to deliver to it. Returns whether it is the first portion. Internal as in `Subscriber`, whose declaration
   * has no `take`, and must still be a Member.
   * @internal
   */
  take(portion: Portion<M>): boolean;
}

/** One subscriber in one topic. `start` and `skips` speak of the topic's batch; without a batch they are 0 and null. */
export class Membership<S extends Member<M>, M> {
  readonly topic: Topic<S, M>;
  readonly subscriber: S;
  /** Where the topic's `members` holds this. */
  index: number;
  /** Index in the batch of the first message that this subscriber has not got and may get. */
  start: number;
  /** Indexes in the batch, from `start` on, of messages that leave this subscriber out. */
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

  /** Takes what waits in the topic's batch for this subscriber; what is published later is not in it. */
  cut(): Portion<M> | null {
    const { batch } = this.topic;
    if (batch === null) return null;
    const end = batch.messages.length;
    const portion = this.pendingCount > 0 ? new Portion(batch, this.start, end, this.skips) : null;
    this.start = end;
    this.skips = null;
    return portion;
  }
}

/** A topic with at least one subscriber; the last one to leave makes it vanish. */
export class Topic<S extends Member<M>, M> {
  readonly name: string;
  /** An array and not a Set: it costs 8 bytes a member, and it is walked in every flush. */
  members: Membership<S, M>[] = [];
  /** What has been published since the last flush, if anything. */
  batch: Batch<M> | null = null;

  constructor(name: string) {
    this.name = name;
  }

  add(subscriber: S): Membership<S, M> {
    const start = this.batch?.messages.length ?? 0;
    const membership = new Membership(this, subscriber, this.members.length, start);
    // A push onto an empty array reserves 17 places, and a topic with one member is common (a user's own, for example).
    if (this.members.length === 0) this.members = [membership];
    else this.members.push(membership);
    return membership;
  }

  /** The last member takes the place of the one that leaves: constant time, and the order among members means nothing. */
  remove(membership: Membership<S, M>): void {
    const last = this.members.pop();
    if (last === undefined || last === membership) return;
    last.index = membership.index;
    this.members[membership.index] = last;
  }

  /**
   * Ends the batch: each member takes what it gets of it, and those that held nothing until now are added to `queue`.
   * Calls nobody's code, so a flush has settled who gets what before the first delivery.
   */
  distribute(sharedId: number, queue: S[]): void {
    const { batch } = this;
    if (batch === null) return;
    batch.seal();
    const whole = new Portion(batch, 0, batch.messages.length, null, sharedId);
    for (const membership of this.members) {
      const isWhole = membership.start === 0 && membership.skips === null;
      const portion = isWhole ? whole : membership.cut();
      membership.start = 0;
      if (portion !== null && membership.subscriber.take(portion)) queue.push(membership.subscriber);
    }
    this.batch = null;
  }
}
