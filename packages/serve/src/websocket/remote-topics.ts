import type { HistoryRule, Published } from "@mantou/pubsub/relay";
import type { EncodedFrame } from "@mantou/websocket";

/** The same topics in other instances of the program. */
export interface RemoteTopics {
  publish(topic: string, frame: EncodedFrame, compress: boolean): void;
}

/** What wants to know which topics have subscribers here. */
export interface TopicWatcher {
  /** A topic has its first subscriber here. */
  topicAdded(topic: string): void;
  /** It has lost its last one. */
  topicRemoved(topic: string): void;
}

/** Topics that have members. */
export interface MemberTopics {
  has(topic: string): boolean;
  /**
   * A WebSocket is a member, or has another presence.
   * @throws RangeError for too many members
   */
  enter(topic: string, number: number, json: string): void;
  leave(topic: string, number: number): void;
}

/** Topics whose messages are numbered, and come back to be delivered in one order for all instances. */
export interface NumberedTopics {
  /** Null for a plain topic. */
  ruleOf(topic: string): HistoryRule | null;
  /**
   * @param tag of the publisher, which comes back with the message; 0 for none
   * @param id of a message that may have been published before
   */
  publish(
    topic: string,
    rule: HistoryRule,
    frame: EncodedFrame,
    compress: boolean,
    tag: number,
    published: Published<Error> | null,
    id: string | null,
  ): void;
}
