import type { ServerWebSocket } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import { WEBSOCKET_HANDLERS, type WebSocketOptions } from "../options/websocket-options.ts";

type Handler = (socket: ServerWebSocket<unknown>, first: never, second: never) => unknown;

/** The application's side of one WebSocket: calls its handlers, and routes what they throw. */
export abstract class HandlerCaller {
  /** `reload` replaces them. */
  options: WebSocketOptions;
  /** The request that opened it, for the log. */
  readonly #request: string;
  /** The object that handlers get. */
  abstract readonly socket: ServerWebSocket<unknown>;
  /** The `close` handler has run: the application has nothing more to do with this WebSocket. */
  closed = false;

  constructor(options: WebSocketOptions, request: string) {
    this.options = options;
    this.#request = request;
  }

  /** Breaks the connection off without a Close frame. */
  abstract abort(reason: string): void;

  /** Calls a handler, if there is one, with the socket and two more arguments. Never throws. */
  callHandler(handler: Handler | null | undefined, first?: unknown, second?: unknown): void {
    if (handler == null) return;
    try {
      this.#logRejection(
        handler.call(this.options.handler, this.socket, first as never, second as never),
        handler,
      );
    } catch (error) {
      this.#threw(error, handler);
    }
  }

  /** The same for `open`. `failed` is called before the `error` handler if `open` throws. */
  protected callOpen(failed: () => void): void {
    const { handler } = this.options;
    if (handler.open == null) return;
    try {
      this.#logRejection(handler.open(this.socket), handler.open);
    } catch (error) {
      failed();
      this.#threw(error, handler.open);
    }
  }

  /** Gives the error to the `error` handler, or else to the log. */
  #threw(error: unknown, by: unknown): void {
    const { handler } = this.options;
    if (handler.error == null) {
      this.#log(error, by);
      return;
    }
    try {
      this.#logRejection(handler.error(error as Error, this.socket), handler.error);
    } catch (thrown) {
      this.#log(thrown, handler.error);
    }
  }

  /** The rejection of an async handler goes to the log. As in Bun, `error` is not called for it. */
  #logRejection(result: unknown, handler: unknown): void {
    if (result instanceof Promise) result.catch((error: unknown) => this.#log(error, handler));
  }

  /** The handler's name is looked up here, where it is needed. */
  #log(error: unknown, by: unknown): void {
    const name = WEBSOCKET_HANDLERS.find((each) => this.options.handler[each] === by) ?? "handler";
    logError(error, `websocket.${name} of ${this.#request}`);
  }
}
