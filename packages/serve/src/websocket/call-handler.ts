import { setImmediate } from "node:timers";
import { types } from "node:util";
import type { Server } from "../api/server.ts";
import type { WebSocketEvent } from "../api/trace.ts";
import type { ServerWebSocket } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import type { RequestContext, RequestSuccessor } from "../http/request-context.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { traced } from "../trace/channels.ts";
import { HandlerCall } from "../trace/handler-call.ts";
import { HandlerSeries } from "./handler-series.ts";

type Handler = (socket: ServerWebSocket<unknown>, ...rest: never[]) => unknown;
type Handlers = WebSocketOptions["handler"];

/** The application's side of one WebSocket: calls its handlers, and routes what they throw. */
export abstract class HandlerCaller implements RequestSuccessor {
  /** `reload` replaces them. */
  options: WebSocketOptions;
  /** The request that opened it, for the log. */
  readonly #request: string;
  /** The pattern of its route; null without one. */
  readonly #route: string | null;
  /** The object that handlers get. */
  abstract readonly socket: ServerWebSocket<unknown>;
  /** The `close` handler has run, or is due: the application has nothing more to do with this WebSocket. */
  closed = false;
  /** The request that opened it, whose signal ends with it; null if there is no signal. */
  #opening: Pick<RequestContext, "abort"> | null = null;
  /** Null unless the handlers run one after another. A reload changes nothing about that. */
  protected readonly series: HandlerSeries | null;

  constructor(options: WebSocketOptions, request: string, route: string | null) {
    this.options = options;
    this.#request = request;
    this.#route = route;
    this.series = options.serial
      ? new HandlerSeries(
          () => this.seriesSettled(),
          (task) => this.inNextTurn(task),
        )
      : null;
  }

  /** Aborts the signal of the request that opened it when it is over for the application, before `close` is called. */
  abortAtEnd(request: Pick<RequestContext, "abort">): void {
    if (this.closed) request.abort();
    else this.#opening = request;
  }

  protected abortRequest(): void {
    const request = this.#opening;
    this.#opening = null;
    if (request !== null) this.outside(() => request.abort());
  }

  /** In serial mode: the handler that the next event has waited for has ended. */
  protected abstract seriesSettled(): void;

  /** The object that users hold. */
  abstract get server(): Server<unknown>;

  /** Runs a task outside of the async context of any request or message. */
  abstract outside(task: () => void): void;

  /** Runs a task in another turn, without the `AsyncLocalStorage` of the handler that has just run, as the event loop does for a packet. */
  protected inNextTurn(task: () => void): void {
    this.outside(() => void setImmediate(task));
  }

  /** Breaks the connection off without a Close frame. */
  abstract abort(reason: string): void;

  /**
   * Calls a handler, if there is one, with the socket and two more arguments. Never throws.
   * @param failed is called before the `error` handler if it throws
   */
  callHandler(
    name: WebSocketEvent["type"],
    handler: Handler | null | undefined,
    first?: unknown,
    second?: unknown,
    failed?: () => void,
  ): void {
    // A tracer is told of each WebSocket, and of its other events only if there is a handler.
    if (traced.webSockets && (handler != null || name === "open" || name === "close")) {
      const call = new HandlerCall(this.server, this.#route, this.socket, name, first, second);
      call.run(() => this.#call(name, handler, first, second, failed, call));
    } else this.#call(name, handler, first, second, failed, null);
  }

  /** The same for a handler of what the client has sent: in serial mode the next event waits for it. */
  protected callInSeries(
    name: WebSocketEvent["type"],
    handler: Handler | null | undefined,
    first: unknown,
  ): void {
    if (this.series === null) this.callHandler(name, handler, first);
    else this.series.run(() => this.callHandler(name, handler, first));
  }

  /** @param tracedCall null if nothing has to know of the call */
  #call(
    name: WebSocketEvent["type"],
    handler: Handler | null | undefined,
    first: unknown,
    second: unknown,
    failed: (() => void) | undefined,
    tracedCall: HandlerCall | null,
  ): void {
    if (handler == null) return;
    // It may reload the server: what it throws goes to the `error` handler that belongs to it, as for requests.
    const own = this.options.handler;
    try {
      const result = this.#callWith(handler, own, first, second);
      this.#returned(result, name, tracedCall);
    } catch (error) {
      failed?.();
      this.#threw(error, own, name, tracedCall);
    }
  }

  /** Passes only the arguments that the event has, as Bun does: a handler may count them. */
  #callWith(handler: Handler, own: Handlers, first: unknown, second: unknown): unknown {
    const { socket } = this;
    if (first === undefined) return handler.call(own, socket);
    if (second === undefined) return handler.call(own, socket, first as never);
    return handler.call(own, socket, first as never, second as never);
  }

  /** Gives the error to the `error` handler, or else to the log. */
  #threw(error: unknown, own: Handlers, by: WebSocketEvent["type"], tracedCall: HandlerCall | null): void {
    tracedCall?.failed(error);
    if (own.error == null) {
      this.#log(error, by);
      return;
    }
    // It may throw its error again. If it throws another one, it has not handled the first.
    const logUnhandled = (thrown: unknown): void => {
      if (!Object.is(thrown, error)) this.#log(error, by);
    };
    try {
      const result: unknown = own.error(error as Error, this.socket);
      if (isPromise(result)) result.catch(logUnhandled);
      this.#returned(result, "error", tracedCall);
    } catch (thrown) {
      logUnhandled(thrown);
      tracedCall?.failed(thrown);
      this.#log(thrown, "error");
    }
  }

  /** The rejection of an async handler goes to the log. As in Bun, `error` is not called for it. */
  #returned(result: unknown, name: string, tracedCall: HandlerCall | null): void {
    if (!isPromise(result)) return;
    const ended = result.catch((error: unknown) => {
      tracedCall?.failed(error);
      this.#log(error, name);
    });
    tracedCall?.awaits(ended);
    this.series?.add(ended);
  }

  #log(error: unknown, name: string): void {
    logError(error, `websocket.${name} of ${this.#request}`);
  }
}

/** `instanceof` does not hold for a promise of another realm (`node:vm`, and so Jest). Most handlers return no object. */
function isPromise(result: unknown): result is Promise<unknown> {
  return typeof result === "object" && types.isPromise(result);
}
