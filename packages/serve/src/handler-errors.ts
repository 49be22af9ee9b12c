import type { ServerContext } from "./server-context.ts";
import type { MantouWebSocket } from "./server-websocket.ts";
import type { WebSocketOptions } from "./websocket-options.ts";

/** Whose handler went wrong. */
interface Failing {
  readonly context: ServerContext;
  readonly options: WebSocketOptions;
  readonly socket: MantouWebSocket;
}

/** An async handler that rejects has no caller left to tell; as in Bun, `error` is not called for it. */
export function watchRejection(context: ServerContext, result: unknown): void {
  if (result instanceof Promise) result.catch((error: unknown) => context.reportError(error));
}

/** A handler threw: the `error` handler is told, or else whoever reads the log. Never throws. */
export function handlerThrew({ context, options, socket }: Failing, error: unknown): void {
  const { handler } = options;
  if (handler.error === undefined) {
    context.reportError(error);
    return;
  }
  try {
    watchRejection(context, handler.error(error as Error, socket));
  } catch (thrown) {
    context.reportError(thrown);
  }
}
