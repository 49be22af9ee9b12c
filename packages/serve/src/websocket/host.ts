import type { Server } from "../api/server.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import type { IndexedList, Listed } from "../socket/indexed-list.ts";
import type { Timeouts } from "../socket/timeouts.ts";
import type { Publisher } from "./publisher.ts";
import type { TopicClients } from "./topic-session.ts";

/** What a WebSocket needs of its server. */
export interface WebSocketHost {
  /** The object that users hold. */
  readonly facade: Server<unknown>;
  /** The handlers of all WebSockets without handlers of a route; undefined if there are none. */
  readonly websocket: WebSocketOptions | undefined;
  readonly publisher: Publisher;
  /** Null if no topic has a rule: the topics' protocol is not spoken then. */
  readonly topicClients: TopicClients | null;
  readonly timeouts: Timeouts;
  /** The WebSockets of all connections that are not gone, also of those that are closing. */
  readonly webSockets: Pick<IndexedList<"place", Listed<"place">>, "add" | "delete">;
  /** The number of open WebSockets. */
  pendingWebSockets: number;
  /** The server has told its WebSockets that it goes away: it accepts no more. */
  readonly goingAway: boolean;
  /** Runs a task in the async context of `serve()`, which is that of packets: outside of all requests and messages. */
  outside(task: () => void): void;
  /** Called when a connection is gone. */
  connectionClosed(): void;
}
