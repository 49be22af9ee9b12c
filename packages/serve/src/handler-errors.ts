import type { ServerContext } from "./server-context.ts";
import type { MantouWebSocket } from "./server-websocket.ts";
import type { WebSocketOptions } from "./websocket-options.ts";

/** Whose handler went wrong. */
interface Failing {
  readonly context: ServerContext;
  readonly options: WebSocketOptions;
  readonly socket: MantouWebSocket;
  close(code: number, reason: string): void;
}

/** An async handler that rejects has no caller left to tell; as in Bun, `error` is not called for it. */
function watchRejection(context: ServerContext, result: unknown): void {
  if (result instanceof Promise) result.catch((error: unknown) => context.reportError(error));
}

/** The handlers that are told of what happens on a WebSocket. */
export type HandlerName = "open" | "message" | "close" | "drain" | "ping" | "pong";

/**
 * Runs a handler, if there is one of that name, with the socket and what it is told. What it throws is taken care of; if it is
 * `open`, the connection is closed first.
 */
export function callHandler(failing: Failing, name: HandlerName, first?: unknown, second?: unknown): void {
  const handler = failing.options.handler as Partial<
    Record<HandlerName, (socket: MantouWebSocket, first: unknown, second: unknown) => unknown>
  >;
  if (handler[name] == null) return;
  try {
    watchRejection(failing.context, handler[name](failing.socket, first, second));
  } catch (error) {
    if (name === "open") failing.close(1011, "");
    handlerThrew(failing, error);
  }
}

/** A handler threw: the `error` handler is told, or else whoever reads the log. Never throws. */
function handlerThrew({ context, options, socket }: Failing, error: unknown): void {
  const { handler } = options;
  if (handler.error == null) {
    context.reportError(error);
    return;
  }
  try {
    watchRejection(context, handler.error(error as Error, socket));
  } catch (thrown) {
    context.reportError(thrown);
  }
}
