import type { Subscriber } from "@mantou/pubsub";
import type { PreparedFrames } from "@mantou/websocket";
import type { PublisherTags } from "./publisher-tags.ts";
import type { MemberTopics } from "./remote-topics.ts";
import type { WebSocketSender } from "./sender.ts";

/** The WebSockets of a server that are members of topics. */
export class Presences {
  readonly #tags: PublisherTags;
  /** Null if no topic has presence. */
  members: MemberTopics | null = null;

  constructor(tags: PublisherTags) {
    this.#tags = tags;
  }

  /** @throws TypeError for a topic without presence */
  check(topic: string): void {
    if (this.members?.has(topic) === true) return;
    throw new TypeError(
      `presence needs a topic with presence: the option topics has none for ${JSON.stringify(topic)}`,
    );
  }

  /**
   * A subscriber is a member of a topic, or has another presence there.
   * @throws RangeError for too many members
   */
  enter(topic: string, subscriber: Subscriber<WebSocketSender, PreparedFrames>, json: string): void {
    const { target } = subscriber;
    this.members?.enter(topic, this.#tags.of(subscriber), json);
    target.presences ??= new Set();
    target.presences.add(topic);
  }

  /** A subscriber leaves a topic. */
  leave(topic: string, { tag, presences }: WebSocketSender): void {
    if (presences?.delete(topic) === true) this.members?.leave(topic, tag);
  }

  /** A subscriber has been closed. */
  forget(sender: WebSocketSender): void {
    for (const topic of sender.presences ?? []) this.members?.leave(topic, sender.tag);
    sender.presences = null;
  }
}
