import type { Server } from "./server.ts";
import type { MessageData, ServerWebSocket } from "./websocket.ts";

/** A request, as the channels `tracing:mantou.request:*` publish it. The same object from `start` to `asyncEnd`; subscribers may add properties. */
export interface RequestEvent {
  readonly server: Server<unknown>;
  /** As the client sent it. */
  readonly method: string;
  /** Absolute, as `Request.url`. */
  readonly url: string;
  /** The pattern of the route, such as `/users/:id`. Null for a request that no route takes. */
  readonly route: string | null;
  /** The request's headers. The same object each time. */
  readonly headers: Headers;
  readonly httpVersion: "1.0" | "1.1";
  /** The client's address. Null for a Unix socket, and for `server.fetch`. */
  readonly remoteAddress: string | null;
  /** The response's status, from `end` on if the response was given by then, else from `asyncStart` on. Null if none has begun. */
  readonly status: number | null;
  /** Bytes of the response's content that have been sent. Of `server.fetch`: its Content-Length, or 0. */
  readonly bytes: number;
  /** The connection ended before the response was complete. */
  readonly aborted: boolean;
  /** What was thrown last: by the handler, the `error` handler, or the response's stream. Undefined if nothing was. */
  readonly error: unknown;
}

/** A call of a WebSocket handler, as the channels `tracing:mantou.websocket:*` publish it. */
export interface WebSocketEvent {
  readonly server: Server<unknown>;
  readonly type: "open" | "message" | "ping" | "pong" | "drain" | "close";
  /** What the handler gets. */
  readonly socket: ServerWebSocket<unknown>;
  /** The route of the request that opened it. */
  readonly route: string | null;
  /** Of `message`, `ping` and `pong`, as the handler gets it; else undefined. */
  readonly data: unknown;
  /** Of `close`; else undefined. */
  readonly code: number | undefined;
  /** Of `close`; else undefined. */
  readonly reason: string | undefined;
  /** What was thrown last: by the handler or the `error` handler. Undefined if nothing was. */
  readonly error: unknown;
}

/** A call of `server.publish`, `ws.publish` or `topics.publish`, as the channels `tracing:mantou.publish:*` publish it. */
export interface PublishEvent {
  readonly server: Server<unknown>;
  readonly topic: string;
  readonly data: MessageData | Blob;
  /** Of `ws.publish`; else null. */
  readonly socket: ServerWebSocket<unknown> | null;
  /** What the call returns, from `end` on. */
  readonly result?: number;
}

/** Functions that handlers run inside of. Each calls `run` once, before it returns; it is called by the server if the function does not. */
export interface Instrumentation {
  /** Around the handler of a request. `run` returns when the handler has returned, which may be a promise. */
  request?: (event: RequestEvent, run: () => void) => void;
  /** Around a handler of a WebSocket. */
  websocket?: (event: WebSocketEvent, run: () => void) => void;
}
