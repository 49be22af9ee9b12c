import type { Buffer } from "node:buffer";
import type { PreparedFrames } from "@mantou/websocket";

/** The subprotocol of topic clients (docs/topics-protocol.md). */
export const TOPICS_PROTOCOL = "mantou.topics.1";

/** Decides which published messages a WebSocket gets, and in which form. */
export interface DeliveryFilter {
  /** What of it is sent. The array is the same for all clients that get the same. */
  select(messages: readonly PreparedFrames[]): readonly PreparedFrames[];
  /** These are dropped, since too many bytes wait for the client. `drained` follows. */
  missed(messages: readonly PreparedFrames[]): void;
  /** The client has taken all bytes. */
  drained(): void;
  /** @param last messages that the client is to get first; 0 for none */
  subscribed(topic: string, last: number): void;
  unsubscribed(topic: string): void;
  closed(): void;
}

/** The server's side of the subprotocol, between a WebSocket and its application. */
export interface TopicSession extends DeliveryFilter {
  /** A message of the client. */
  receive(message: string | Buffer): void;
}

/** What a session has of its WebSocket. */
export interface TopicSocket {
  readonly closed: boolean;
  /** Whether no bytes wait for the client. */
  readonly keepsUp: boolean;
  isSubscribed(topic: string): boolean;
  /** Sends what was published before this moment. */
  flushPublished(): void;
  /** Sends a line of the protocol. What was published before leaves before it. */
  line(text: string): void;
  /** Sends messages, however many bytes wait. An array that was sent to another client costs less. */
  page(messages: readonly PreparedFrames[]): void;
  /** Calls the session's `drained` in a later turn, when the client has taken all bytes. */
  awaitDrained(): void;
  /** Passes a message on to the application. */
  receive(message: string | Buffer): void;
  /** Closes the WebSocket with 1008. */
  refuse(reason: string): void;
}

/** The topic clients of a server. */
export interface TopicClients {
  /**
   * Begins a session.
   * @param tag of what the WebSocket publishes to history topics; 0 for none
   * @param begun called with it: now, or when its code has been loaded
   */
  open(socket: TopicSocket, tag: number, begun: (session: TopicSession) => void): void;
}
