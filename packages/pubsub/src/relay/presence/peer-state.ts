import { ASK_AGAIN_MS, MOST_ASK_AGAIN_MS, MOST_MEMBERS } from "./presence-limits.ts";
import type { Entry, StateRecord } from "./presence-record.ts";

/** The parts of a state that have come. */
interface Parts {
  readonly number: number;
  readonly version: number;
  next: number;
  readonly left: number[];
  readonly joined: Entry[];
}

interface Pull {
  readonly request: number;
  /** The last version that was told meanwhile. */
  seen: number;
}

/** A state whose parts are all there. */
export interface WholeState {
  readonly base: number;
  readonly version: number;
  readonly left: readonly number[];
  readonly joined: readonly Entry[];
}

/** What is going on with one living instance, by the channels of topics: what it was asked for, and parts of what it tells. */
export class PeerState {
  readonly #pulls = new Map<string, Pull>();
  readonly #parts = new Map<string, Parts>();
  /** For how long it has answered nothing, in milliseconds. */
  #quiet = 0;
  /** After such a time it is asked again: an instance that has much to do is not given more. */
  #patience = ASK_AGAIN_MS;

  /** It was asked for a topic. */
  ask(channel: string, request: number): void {
    this.#parts.delete(channel);
    this.#pulls.set(channel, { request, seen: 0 });
  }

  isAsked(channel: string): boolean {
    return this.#pulls.has(channel);
  }

  /** Whether a record is of an answer to what was asked last. One that is not is noted: it may tell of a later version. */
  answers(record: StateRecord): boolean {
    const pull = this.#pulls.get(record.channel);
    if (pull?.request === record.number) {
      this.#quiet = 0;
      this.#patience = ASK_AGAIN_MS;
      return true;
    }
    if (pull !== undefined) pull.seen = Math.max(pull.seen, record.version);
    return false;
  }

  /** The answer is there. @returns the last version that was told meanwhile */
  answered(channel: string): number {
    const seen = this.#pulls.get(channel)?.seen ?? 0;
    this.#pulls.delete(channel);
    return seen;
  }

  /** @returns the whole state; "more" if parts are missing, "hole" if one has not come */
  collect({
    channel,
    number,
    base,
    version,
    part,
    isLast,
    left,
    joined,
  }: StateRecord): WholeState | "more" | "hole" {
    if (part === 0 && isLast) return { base, version, left, joined };
    if (part === 0) {
      this.#parts.set(channel, { number, version, next: 1, left: [...left], joined: [...joined] });
      return "more";
    }
    const parts = this.#parts.get(channel);
    if (parts?.number !== number || parts.version !== version || parts.next !== part) {
      this.#parts.delete(channel);
      return "hole";
    }
    parts.next++;
    for (const each of left) parts.left.push(each);
    for (const each of joined) parts.joined.push(each);
    if (!isLast && parts.left.length <= MOST_MEMBERS && parts.joined.length <= MOST_MEMBERS) return "more";
    this.#parts.delete(channel);
    if (!isLast) return "hole";
    return { base, version, left: parts.left, joined: parts.joined };
  }

  /** A topic is not watched any more. */
  forget(channel: string): void {
    this.#pulls.delete(channel);
    this.#parts.delete(channel);
  }

  /**
   * Lets time pass.
   * @returns the topics that it is to be asked for again: nothing has come for long
   */
  tick(ms: number): readonly string[] {
    this.#quiet = this.#pulls.size === 0 ? 0 : this.#quiet + ms;
    if (this.#quiet < this.#patience) return [];
    this.#quiet = 0;
    this.#patience = Math.min(2 * this.#patience, MOST_ASK_AGAIN_MS);
    return [...this.#pulls.keys()];
  }
}
