import type { WholeState } from "./peer-state.ts";
import type { PresenceMember } from "./presence-host.ts";
import { MOST_MEMBERS } from "./presence-limits.ts";
import type { Entry } from "./presence-record.ts";

/** What has changed in a topic. */
export interface Change {
  readonly left: readonly PresenceMember[];
  readonly joined: readonly PresenceMember[];
}

/** The members of another instance, as it has told them. */
interface Other {
  readonly version: number;
  /** Null for none: most instances have no member of most topics. */
  readonly members: Map<number, string> | null;
}

/** A change of this instance's members, to be told to others. */
export interface OwnChange {
  readonly base: number;
  readonly left: readonly number[];
  readonly joined: readonly Entry[];
}

/** The members of one topic: those of this instance, and those that others have told. */
export class Room {
  readonly topic: string;
  readonly channel: string;
  /** The engine gives what others tell. */
  isSubscribed = false;
  /** The others were asked, and have answered or had the time for it. Before that their answers are no news. */
  isSynced = false;
  subscribedAt = 0;
  /** It has subscribers here. */
  isWatched = false;
  /** Calls of `members` that wait. */
  calls = 0;
  /** Of the own members. */
  version = 0;
  readonly #own = new Map<number, string>();
  /** How many there will be at the end of the turn. */
  #count = 0;
  /** What has changed in this turn; null for a member that has left. */
  readonly #changes = new Map<number, string | null>();
  readonly #others = new Map<string, Other>();
  /** Null if it has changed since it was asked for. */
  #all: readonly PresenceMember[] | null = null;
  readonly #instance: string;

  constructor(topic: string, channel: string, instance: string) {
    this.topic = topic;
    this.channel = channel;
    this.#instance = instance;
  }

  /** The members of this instance. */
  get own(): ReadonlyMap<number, string> {
    return this.#own;
  }

  /** How many members there are. */
  get size(): number {
    let size = this.#own.size;
    for (const { members } of this.#others.values()) size += members?.size ?? 0;
    return size;
  }

  /** All members, those of this instance first. The same array as long as they are the same. */
  members(): readonly PresenceMember[] {
    this.#all ??= this.#members();
    return this.#all;
  }

  #members(): PresenceMember[] {
    const all = toMembers(this.#instance, this.#own);
    for (const [instance, { members }] of this.#others) {
      for (const member of toMembers(instance, members ?? [])) all.push(member);
    }
    return all;
  }

  /**
   * A member of this instance comes, changes, or leaves (null). It takes effect at the end of the turn.
   * @throws RangeError for too many members
   */
  change(number: number, info: string | null): void {
    const changed = this.#changes.get(number);
    const wasThere = changed === undefined ? this.#own.has(number) : changed !== null;
    const count = this.#count + (info === null ? 0 : 1) - (wasThere ? 1 : 0);
    if (count > MOST_MEMBERS) {
      throw new RangeError(`presence: a topic has at most ${MOST_MEMBERS} members at one instance`);
    }
    this.#count = count;
    this.#changes.set(number, info);
  }

  /** All members of this instance leave. */
  clear(): void {
    this.#changes.clear();
    this.#count = 0;
    for (const number of this.#own.keys()) this.#changes.set(number, null);
  }

  /**
   * The end of a turn.
   * @returns null if nothing has changed
   */
  takeChange(): OwnChange | null {
    // One that had no members may be known in any later version without members, too: then all is told.
    const base = this.#own.size === 0 ? 0 : this.version;
    const left: number[] = [];
    const joined: Entry[] = [];
    for (const [number, info] of this.#changes) {
      const known = this.#own.get(number);
      if (known === (info ?? undefined)) continue;
      if (known !== undefined) left.push(number);
      if (info !== null) joined.push([number, info]);
    }
    this.#changes.clear();
    return left.length === 0 && joined.length === 0 ? null : { base, left, joined };
  }

  applyOwn(version: number, { left, joined }: OwnChange): Change {
    this.version = version;
    this.#all = null;
    return apply(this.#instance, this.#own, left, joined);
  }

  /** The version that is known of an instance's members; 0 if none is. */
  versionOf(instance: string): number {
    return this.#others.get(instance)?.version ?? 0;
  }

  /**
   * The members of another instance have changed: by `left` and `joined`, or, if the base is 0, to `joined`.
   * @returns null if they would be too many
   */
  apply(instance: string, { base, version, left, joined }: WholeState): Change | null {
    const members = this.#others.get(instance)?.members ?? new Map<number, string>();
    if ((base === 0 ? 0 : members.size) + joined.length > MOST_MEMBERS + left.length) return null;
    const change = base === 0 ? replace(instance, members, joined) : apply(instance, members, left, joined);
    this.#all = null;
    this.#others.set(instance, { version, members: members.size === 0 ? null : members });
    return change;
  }

  /** An instance does not live any more. */
  drop(instance: string): Change {
    const members = this.#others.get(instance)?.members ?? [];
    this.#all = null;
    this.#others.delete(instance);
    return { left: toMembers(instance, members), joined: [] };
  }
}

function toMembers(instance: string, members: Iterable<Entry>): PresenceMember[] {
  return [...members].map(([number, info]) => ({ instance, number, info }));
}

/** Changes `members` to `all`. */
function replace(instance: string, members: Map<number, string>, all: readonly Entry[]): Change {
  const next = new Map(all);
  const left: number[] = [];
  for (const [number, info] of members) if (next.get(number) !== info) left.push(number);
  const joined = [...next].filter(([number, info]) => members.get(number) !== info);
  return apply(instance, members, left, joined);
}

/** Changes `members`. One that joins and is there already has another text now. */
function apply(
  instance: string,
  members: Map<number, string>,
  leaving: readonly number[],
  joining: readonly Entry[],
): Change {
  const left: PresenceMember[] = [];
  const joined: PresenceMember[] = [];
  const leave = (number: number): void => {
    const info = members.get(number);
    if (info === undefined) return;
    members.delete(number);
    left.push({ instance, number, info });
  };
  for (const number of leaving) leave(number);
  for (const [number, info] of joining) {
    leave(number);
    members.set(number, info);
    joined.push({ instance, number, info });
  }
  return { left, joined };
}
