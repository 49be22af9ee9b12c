import type { ServerWebSocket } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";

type Handler = (socket: ServerWebSocket<unknown>, first: never, second: never) => unknown;

/** The application's side of one WebSocket: calls its handlers, and routes what they throw. */
export abstract class HandlerCaller {
  /** `reload` replaces them. */
  options: WebSocketOptions;
  /** The object that handlers get. */
  abstract readonly socket: ServerWebSocket<unknown>;
  /** The `close` handler has run: the application has nothing more to do with this WebSocket. */
  closed = false;

  constructor(options: WebSocketOptions) {
    this.options = options;
  }

  /** Breaks the connection off without a Close frame. */
  abstract abort(reason: string): void;

  /** Calls a handler, if there is one, with the socket and two more arguments. Never throws. */
  callHandler(handler: Handler | null | undefined, first?: unknown, second?: unknown): void {
    if (handler == null) return;
    try {
      logRejection(handler.call(this.options.handler, this.socket, first as never, second as never));
    } catch (error) {
      this.#threw(error);
    }
  }

  /** The same for `open`. `failed` is called before the `error` handler if `open` throws. */
  protected callOpen(failed: () => void): void {
    const { handler } = this.options;
    if (handler.open == null) return;
    try {
      logRejection(handler.open(this.socket));
    } catch (error) {
      failed();
      this.#threw(error);
    }
  }

  /** Gives the error to the `error` handler, or else to the log. */
  #threw(error: unknown): void {
    const { handler } = this.options;
    if (handler.error == null) {
      logError(error);
      return;
    }
    try {
      logRejection(handler.error(error as Error, this.socket));
    } catch (thrown) {
      logError(thrown);
    }
  }
}

/** The rejection of an async handler goes to the log. As in Bun, `error` is not called for it. */
function logRejection(result: unknown): void {
  if (result instanceof Promise) result.catch(logError);
}
