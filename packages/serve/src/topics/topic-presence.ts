import type { Presence, PresenceHost, PresenceMember, PresenceMetrics } from "@mantou/pubsub/relay";
import type { TopicMember } from "../api/topics.ts";
import type { TopicRules } from "../options/topic-rules.ts";
import type { EventListeners } from "./event-listeners.ts";
import { toMember } from "./member-text.ts";
import { WhenLoaded } from "./when-loaded.ts";

/** Clients that are told of members. */
export interface MemberListener {
  joined(topic: string, members: readonly PresenceMember[]): void;
  left(topic: string, members: readonly PresenceMember[]): void;
}

/** The topics with presence of a server. What is asked before the relay has been loaded waits. */
export class TopicPresence implements PresenceHost {
  readonly #rules: TopicRules;
  readonly #events: EventListeners;
  readonly #presence = new WhenLoaded<Presence>();
  topicClients: MemberListener | null = null;

  constructor(rules: TopicRules, events: EventListeners) {
    this.#rules = rules;
    this.#events = events;
  }

  has(topic: string): boolean {
    return this.#rules.find(topic)?.presence === true;
  }

  /** Null before the relay has been loaded. */
  get metrics(): PresenceMetrics | null {
    return this.#presence.value?.metrics ?? null;
  }

  /** The relay is there: what has waited is asked now. */
  start(presence: Presence): void {
    this.#presence.start(presence);
  }

  /** The relay could not be loaded. */
  fail(error: Error): void {
    this.#presence.fail(error);
  }

  topicAdded(topic: string): void {
    if (this.has(topic)) this.#presence.run((presence) => presence.watch(topic));
  }

  topicRemoved(topic: string): void {
    if (this.has(topic)) this.#presence.run((presence) => presence.unwatch(topic));
  }

  /**
   * A member comes, or has other JSON now.
   * @throws RangeError for too many members
   */
  enter(topic: string, number: number, json: string): void {
    this.#presence.run((presence) => presence.enter(topic, number, json));
  }

  leave(topic: string, number: number): void {
    this.#presence.run((presence) => presence.leave(topic, number));
  }

  members(topic: string): Promise<TopicMember[]> {
    return new Promise((resolve, reject) =>
      this.read(topic, (members) => resolve(members.map(toMember)), reject),
    );
  }

  /** The same with a callback, behind which no change is told that is in the answer. The array is the same as long as the members are. */
  read(
    topic: string,
    callback: (members: readonly PresenceMember[]) => void,
    failed: (error: Error) => void,
  ): void {
    this.#presence.run((presence) => presence.members(topic, ({ members }) => callback(members)), failed);
  }

  // What the relay tells.

  joined(topic: string, members: readonly PresenceMember[]): void {
    this.topicClients?.joined(topic, members);
    if (this.#events.has("join")) this.#events.tell("join", { topic, members: members.map(toMember) });
  }

  left(topic: string, members: readonly PresenceMember[]): void {
    this.topicClients?.left(topic, members);
    if (this.#events.has("leave")) this.#events.tell("leave", { topic, members: members.map(toMember) });
  }
}
