import type { Membership } from "./topic.ts";

/** Topics that are left at once, and in one step: a few milliseconds. */
export const LEFT_AT_ONCE = 4096;

/** By topic name, and how far they have been left. */
interface Departure<T, M> {
  readonly memberships: Map<string, Membership<T, M>>;
  /** One for all steps: a new one would pass over all places that are empty by now. */
  readonly rest: Iterator<[string, Membership<T, M>]>;
}

/**
 * The memberships of closed subscribers that had very many topics. To leave a million takes two seconds, so they are left in steps.
 * Until then a topic has them among its members, though they count for nothing.
 */
export class Departures<T, M> {
  readonly #all: Departure<T, M>[] = [];

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** @param memberships by topic name; they are the departure's from now on */
  add(memberships: Map<string, Membership<T, M>>): void {
    this.#all.push({ memberships, rest: memberships.entries() });
  }

  /** How many of a topic's members are departing. */
  count(topic: string): number {
    let count = 0;
    for (const { memberships } of this.#all) if (memberships.has(topic)) count++;
    return count;
  }

  /** Takes up to `most` of them out and gives each to `leave`. */
  step(most: number, leave: (membership: Membership<T, M>) => void): void {
    for (let left = 0; left < most && !this.isEmpty; ) {
      const { memberships, rest } = this.#all[0]!;
      const next = rest.next();
      if (next.done !== true) {
        const [name, membership] = next.value;
        memberships.delete(name);
        leave(membership);
        left++;
      }
      if (memberships.size === 0) this.#all.shift();
    }
  }
}
