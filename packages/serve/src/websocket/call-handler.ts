import type { WebSocketOptions } from "../options/websocket-options.ts";
import type { ServerContext } from "../server/state.ts";
import type { MantouWebSocket } from "./socket.ts";

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

type Handler = (socket: MantouWebSocket, first: never, second: never) => unknown;

/** Runs a handler, if there is one, with the socket and what it is told. What it throws is taken care of. */
export function callHandler(
  failing: Failing,
  handler: Handler | null | undefined,
  first?: unknown,
  second?: unknown,
): void {
  if (handler == null) return;
  try {
    watchRejection(
      failing.context,
      handler.call(failing.options.handler, failing.socket, first as never, second as never),
    );
  } catch (error) {
    handlerThrew(failing, error);
  }
}

/** The same for `open`: if it throws, the connection is closed first. */
export function callOpen(failing: Failing): void {
  const { handler } = failing.options;
  if (handler.open == null) return;
  try {
    watchRejection(failing.context, handler.open(failing.socket));
  } catch (error) {
    failing.close(1011, "");
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
