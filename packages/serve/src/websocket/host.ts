import type { WebSocketOptions } from "../options/websocket-options.ts";
import type { Timeouts } from "../socket/timeouts.ts";
import type { Publisher } from "./publisher.ts";

/** What a WebSocket needs of its server. */
export interface WebSocketHost {
  /** The handlers of all WebSockets without handlers of a route; undefined if there are none. */
  readonly websocket: WebSocketOptions | undefined;
  readonly publisher: Publisher;
  readonly timeouts: Timeouts;
  /** The WebSockets of all connections that are not gone, also of those that are closing. */
  readonly webSockets: Set<object>;
  /** The number of open WebSockets. */
  pendingWebSockets: number;
  /** The server has told its WebSockets that it goes away: it accepts no more. */
  readonly goingAway: boolean;
  /** Called when a connection is gone. */
  connectionClosed(): void;
}
