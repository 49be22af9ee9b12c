import type { Member, Membership, Topic } from "./topic.ts";

/** Topics that are left at once, and in one step: a few milliseconds. */
export const LEFT_AT_ONCE = 4096;

/** By topic name; and those that are still to be left. None is deleted: a map that shrinks is made anew, which takes 20 ms here. */
interface Departure<S extends Member<M>, M> {
  readonly memberships: ReadonlyMap<string, Membership<S, M>>;
  readonly rest: Iterator<Membership<S, M>>;
}

/**
 * The memberships of closed subscribers that had very many topics. To leave a million takes two seconds, so they are left in steps.
 * Until then a topic has them among its members, though they count for nothing.
 */
export class Departures<S extends Member<M>, M> {
  readonly #all: Departure<S, M>[] = [];

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** @param memberships by topic name; they are the departure's from now on */
  add(memberships: ReadonlyMap<string, Membership<S, M>>): void {
    this.#all.push({ memberships, rest: memberships.values() });
  }

  /** How many of a topic's members are departing. */
  count(topic: Topic<S, M>): number {
    let count = 0;
    for (const { memberships } of this.#all) {
      const membership = memberships.get(topic.name);
      // Not one that has left, nor one in an older topic of this name.
      if (membership !== undefined && topic.members[membership.index] === membership) count++;
    }
    return count;
  }

  /** Takes up to `most` of them out and gives each to `leave`. */
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
