import type { HistorySlice, Position, PresenceMember } from "@mantou/pubsub/relay";
import type { TopicForms } from "./topic-forms.ts";

/** The history of a server's topics, as sessions use it. */
export interface SessionHistory {
  /** Of this process, in Latin-1. */
  readonly instance: string;
  hasHistory(topic: string): boolean;
  /** Behind the last message that was given to the broker; null if it is not known yet. */
  position(topic: string): Position | null;
  /** Calls back, perhaps at once. */
  read(
    topic: string,
    after: Position | null,
    callback: (error: Error | null, slice: HistorySlice | null) => void,
  ): void;
}

/** The presence of a server's topics, as sessions use it. */
export interface SessionPresence {
  /** Whether clients of a topic are told its members. */
  has(topic: string): boolean;
  /** Calls back with all members, in order with what `joined` and `left` tell. The array is the same as long as they are. */
  members(topic: string, callback: (members: readonly PresenceMember[]) => void): void;
}

/** What a session has of the sessions of its server. */
export interface SessionHost {
  readonly history: SessionHistory;
  readonly forms: TopicForms;
  /** Calls the session's `live` when the topic has a position. */
  awaitLive(topic: string, session: object): void;
  /** Calls the session's `moved` when the topic has got messages, until that returns false. */
  awaitMessages(topic: string, session: object): void;
  /** The session waits for nothing of the topic any more. */
  forget(topic: string, session: object): void;
  /** Whether clients of a topic are told its members. */
  hasMembers(topic: string): boolean;
  /** Calls the session's `members` with the list of a topic's members. */
  askMembers(topic: string, session: object): void;
  /** It is over. */
  closed(session: object): void;
}
