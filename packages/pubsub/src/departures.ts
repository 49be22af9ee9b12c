import type { Membership, Topic } from "./topic.ts";

/** Up to so many topics are left at once, and in one step. It takes a few milliseconds. */
export const LEFT_AT_ONCE = 4096;

/** The memberships by topic name, and the rest that is still to be left. None is deleted: V8 rebuilds a map that shrinks, which takes 20 ms here. */
interface Departure<S, M> {
  readonly memberships: ReadonlyMap<string, Membership<S, M>>;
  readonly rest: Iterator<Membership<S, M>>;
}

/**
 * The memberships of closed subscribers that had very many topics. To leave a million takes two seconds, so they leave in steps.
 * Until then a topic still has them among its members, and does not count them.
 */
export class Departures<S, M> {
  readonly #all: Departure<S, M>[] = [];

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** @param memberships by topic name; the map belongs to this object from now on */
  add(memberships: ReadonlyMap<string, Membership<S, M>>): void {
    this.#all.push({ memberships, rest: memberships.values() });
  }

  /** How many of a topic's members are departing. */
  count(topic: Topic<S, M>): number {
    let count = 0;
    for (const { memberships } of this.#all) {
      const membership = memberships.get(topic.name);
      // A membership that has left, or that is in an older topic of this name, does not count.
      if (membership !== undefined && topic.members[membership.index] === membership) count++;
    }
    return count;
  }

  /** Removes up to `most` of them and passes each to `leave`. */
  step(most: number, leave: (membership: Membership<S, M>) => void): void {
    for (let left = 0; left < most && !this.isEmpty; ) {
      const next = this.#all[0]!.rest.next();
      if (next.done === true) this.#all.shift();
      else {
        leave(next.value);
        left++;
      }
    }
  }
}
