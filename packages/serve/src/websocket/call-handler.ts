import type { ServerWebSocket } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";

/** The connection whose handlers are called. */
export interface HandlerOwner {
  readonly options: WebSocketOptions;
  readonly socket: ServerWebSocket<unknown>;
  close(code: number, reason: string): void;
}

/** An async handler that rejects has no caller left to tell; as in Bun, `error` is not called for it. */
function watchRejection(result: unknown): void {
  if (result instanceof Promise) result.catch(logError);
}

type Handler = (socket: ServerWebSocket<unknown>, first: never, second: never) => unknown;

/** Runs a handler, if there is one, with the socket and what it is told. What it throws is taken care of. */
export function callHandler(
  owner: HandlerOwner,
  handler: Handler | null | undefined,
  first?: unknown,
  second?: unknown,
): void {
  if (handler == null) return;
  try {
    watchRejection(handler.call(owner.options.handler, owner.socket, first as never, second as never));
  } catch (error) {
    handlerThrew(owner, error);
  }
}

/** The same for `open`: if it throws, the connection is closed first. */
export function callOpen(owner: HandlerOwner): void {
  const { handler } = owner.options;
  if (handler.open == null) return;
  try {
    watchRejection(handler.open(owner.socket));
  } catch (error) {
    owner.close(1011, "");
    handlerThrew(owner, error);
  }
}

/** A handler threw: the `error` handler is told, or else whoever reads the log. Never throws. */
function handlerThrew({ options, socket }: HandlerOwner, error: unknown): void {
  const { handler } = options;
  if (handler.error == null) {
    logError(error);
    return;
  }
  try {
    watchRejection(handler.error(error as Error, socket));
  } catch (thrown) {
    logError(thrown);
  }
}
