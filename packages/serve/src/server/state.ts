import type { Limits } from "@mantou/http1";
import type { Broker } from "@mantou/pubsub";
import type { Prepared } from "@mantou/websocket";
import type { HttpConnection } from "../http/connection.ts";
import type { Exchange } from "../http/request-context.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import type { Turn } from "../socket/flush-scheduler.ts";
import type { Timeouts } from "../socket/timeouts.ts";
import type { Congestion } from "../websocket/congestion.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";

/** What a server's connections share and ask of it. */
export interface ServerContext {
  readonly limits: Partial<Limits>;
  readonly idleTimeout: number;
  readonly secure: boolean;
  /** Mistakes are looked for that are easily made. */
  readonly development: boolean;
  /** `host:port`, for requests that name no host. */
  readonly authority: string;
  readonly timeouts: Timeouts;
  readonly connections: Set<HttpConnection>;
  /** Also those that are closing: until the connection is gone. */
  readonly webSockets: Set<WebSocketConnection>;
  /** WebSockets that are open. */
  pendingWebSockets: number;
  readonly turn: Turn;
  readonly broker: Broker<WebSocketConnection, Prepared>;
  readonly congestion: Congestion;
  /** The handlers of all WebSockets. */
  readonly websocket: WebSocketOptions | undefined;
  pendingRequests: number;
  readonly stopping: boolean;
  /** WebSockets have been told that the server goes away: there are to be no more. */
  readonly goingAway: boolean;
  /** Runs the handlers. Never throws; a promise that it gives rejects with what is for `handleError`. */
  handle(exchange: Exchange): unknown;
  /** Makes the response to a handler's error. Never throws or rejects. */
  handleError(error: unknown, exchange: Exchange): unknown;
  /** A handler returned something else than a Response. */
  missingResponse(value: unknown): void;
  /** Bytes, with their frames' heads, that were given to the broker and have not been delivered. */
  readonly publishedBytes: number;
  /** So many bytes are to be published: what waits is delivered first if it would be too much together. */
  deliverBefore(bytes: number): void;
  /** So many bytes were given to the broker. */
  published(bytes: number): void;
  /** Gives subscribers what was published. */
  deliverPublished(): void;
  /** An error that no response can tell of. */
  reportError(error: unknown): void;
  /** A connection, of either protocol, is gone. */
  connectionClosed(): void;
}
