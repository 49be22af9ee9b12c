/** A member of a topic, at one instance of the cluster. */
export interface PresenceMember {
  /** Latin-1. */
  readonly instance: string;
  /** Of the member in its instance, from 1 to 2³² - 1. */
  readonly number: number;
  /** JSON. */
  readonly info: string;
}

/**
 * The functions by which the presence of a relay calls its host, at the end of a turn, in `tick`, or when the engine calls. They may call it. For each
 * member they come in turn: it joins, it leaves, it joins. One whose JSON has changed leaves and joins.
 */
export interface PresenceHost {
  joined(topic: string, members: readonly PresenceMember[]): void;
  left(topic: string, members: readonly PresenceMember[]): void;
}

/** The answer to `members`. */
export interface PresenceMembers {
  /** Those of the instances that have answered, this one included. */
  readonly members: readonly PresenceMember[];
  /** Living instances that have not answered within a second. */
  readonly silent: number;
}

export interface PresenceMetrics {
  /** Topics that are watched, with those that linger. */
  readonly topics: number;
  /** Members of them, of all instances. */
  readonly members: number;
  /** Members that left since their instance did not live any more. */
  readonly expired: number;
}
