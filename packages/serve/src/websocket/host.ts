import type { WebSocketOptions } from "../options/websocket-options.ts";
import type { Timeouts } from "../socket/timeouts.ts";
import type { Publisher } from "./publisher.ts";

/** What a WebSocket needs of its server. */
export interface WebSocketHost {
  /** The handlers of all WebSockets; undefined if only routes have some. */
  readonly websocket: WebSocketOptions | undefined;
  readonly publisher: Publisher;
  readonly timeouts: Timeouts;
  /** Also those that are closing: until the connection is gone. */
  readonly webSockets: Set<object>;
  /** WebSockets that are open. */
  pendingWebSockets: number;
  /** WebSockets have been told that the server goes away: there are to be no more. */
  readonly goingAway: boolean;
  /** A connection is gone. */
  connectionClosed(): void;
}
