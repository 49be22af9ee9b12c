import type { ServerWebSocket } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";

type Handler = (socket: ServerWebSocket<unknown>, first: never, second: never) => unknown;

/** Calls the handlers of one WebSocket, and routes what they throw. */
export class HandlerCaller {
  /** `reload` replaces them. */
  options: WebSocketOptions;
  /** The object that handlers get. */
  readonly socket: ServerWebSocket<unknown>;
  /** The `close` handler has run: the application has nothing more to do with this WebSocket. */
  closed = false;

  constructor(options: WebSocketOptions, socket: ServerWebSocket<unknown>) {
    this.options = options;
    this.socket = socket;
  }

  /** Calls a handler, if there is one, with the socket and two more arguments. Never throws. */
  call(handler: Handler | null | undefined, first?: unknown, second?: unknown): void {
    if (handler == null) return;
    try {
      logRejection(handler.call(this.options.handler, this.socket, first as never, second as never));
    } catch (error) {
      this.#threw(error);
    }
  }

  /** The same for `open`. `failed` is called before the `error` handler if `open` throws. */
  callOpen(failed: () => void): void {
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
