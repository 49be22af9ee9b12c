import type { MountHost } from "../api/mount.ts";
import { errorPage, plainError } from "../errors/error-page.ts";
import { adviceFor } from "../errors/platform-advice.ts";
import { keepTraces } from "../errors/stack.ts";
import { describeValue } from "../errors/text.ts";
import { NO_PARAMS } from "../fetch/request.ts";
import { targetPath, targetQuery } from "../fetch/request-url.ts";
import type { Response } from "../fetch/response.ts";
import { runObserved } from "../http/observer.ts";
import { OpenFile } from "../http/open-file.ts";
import { discard, toOutgoing, UPGRADE_REQUIRED, WholeResponse } from "../http/outgoing.ts";
import { reportError, reportFailure } from "../http/report-error.ts";
import { closedError, type RequestContext } from "../http/request-context.ts";
import type { ResolvedHandlers } from "../options/serve-options.ts";
import { findFile } from "./file-route.ts";
import { asMountable, hasDeclared } from "./mounts.ts";
import { type AnyHandler, type Destination, type RouteMatch, Routes } from "./routes.ts";

const NOT_FOUND = /* @__PURE__ */ new WholeResponse({ status: 404 }, "");
/** The methods that the platform's `Request` cannot have (Fetch standard, "forbidden method"). */
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;
const NOT_IMPLEMENTED: Destination = {
  value: { kind: "outgoing", response: /* @__PURE__ */ new WholeResponse({ status: 501 }, null) },
  params: NO_PARAMS,
  pattern: null,
};
/** The response to a handler that returned something else. */
const NO_CONTENT = /* @__PURE__ */ new WholeResponse({ status: 204 }, null);

/**
 * Leads each request to its handler, and every error to a response: those of connections, and those of `server.fetch`. There is one
 * for each set of handlers: `reload` makes another.
 */
export class Dispatcher {
  #routes: Routes | null;
  readonly #mountHost: MountHost;
  /** Where a request goes that no route takes. */
  readonly #unrouted: Destination;
  readonly #error: AnyHandler | undefined;
  readonly #server: object;
  readonly #development: boolean;
  readonly #upgrade: (context: RequestContext) => boolean;

  /**
   * @param mountHost what route values that mount themselves get of the server
   * @param upgrade hands the connection of a request to a WebSocket, if it asks for one
   * @throws TypeError for a value that cannot be a route
   */
  constructor(
    { routes, fetch, error }: ResolvedHandlers,
    mountHost: MountHost,
    upgrade: (context: RequestContext) => boolean,
  ) {
    this.#mountHost = mountHost;
    this.#routes = routes === undefined && !hasDeclared() ? null : new Routes(routes ?? {}, mountHost);
    this.#unrouted = {
      value:
        fetch === undefined
          ? { kind: "outgoing", response: NOT_FOUND }
          : { kind: "handler", handler: fetch, websocket: null },
      params: NO_PARAMS,
      pattern: null,
    };
    this.#error = error;
    this.#server = mountHost.server;
    this.#development = mountHost.development !== null;
    this.#upgrade = upgrade;
  }

  /** Gives the request's host the response, now or later. */
  handle(context: RequestContext): void {
    let destination: Destination;
    try {
      const { method, target } = context.head;
      destination = this.#resolve(method, target);
    } catch (error) {
      runObserved(context, () => this.handleError(error, context));
      return;
    }
    context.route = destination.pattern;
    // Without an observer the hot path makes no function.
    if (context.observer === null) this.#lead(context, destination);
    else context.observer.run(() => this.#lead(context, destination));
  }

  #lead(context: RequestContext, { value: destination, params }: Destination): void {
    try {
      switch (destination.kind) {
        case "handler":
          context.websocket = destination.websocket;
          this.#respond(
            context,
            destination.handler.call(this.#server, context.makeRequest(params), this.#server),
          );
          return;
        case "static":
          this.#sendCached(context, destination.cached);
          return;
        case "outgoing":
          context.host.send(context, destination.response);
          return;
        case "websocket":
          context.websocket = destination.websocket;
          if (!this.#upgrade(context) && !context.responded) context.host.send(context, UPGRADE_REQUIRED);
      }
    } catch (error) {
      this.handleError(error, context);
    }
  }

  /** @throws the operating system's errors, but for those of a missing file */
  #resolve(method: string, target: string): Destination {
    if (method !== "GET" && FORBIDDEN_METHOD.test(method)) return NOT_IMPLEMENTED;
    if (this.#routes === null) return this.#unrouted;
    const path = targetPath(target);
    const match = this.#routes.match(method, path);
    if (match === null) return this.#unrouted;
    if (isDestination(match)) return match;
    return findFile(this.#routes, match, method, path, targetQuery(target)) ?? this.#unrouted;
  }

  #sendCached(context: RequestContext, cached: WholeResponse | Promise<WholeResponse>): void {
    if (cached instanceof WholeResponse) {
      context.host.send(context, cached);
      return;
    }
    cached.then(
      (whole) => {
        if (!context.responded) context.host.send(context, whole);
      },
      (error: unknown) => context.host.fail(context, error),
    );
  }

  /** Sends what a handler returned: a response, a promise of one, or something else. */
  #respond(context: RequestContext, value: unknown): void {
    // Thenables of every kind are awaited, as promises are.
    if (isThenable(value)) {
      Promise.resolve(value).then(
        (response) => this.#send(context, response),
        (error: unknown) => context.host.fail(context, error),
      );
    } else this.#send(context, value);
  }

  /** @param fallback makes the response in place of a value that is none; by default that is a 204 */
  #send(context: RequestContext, value: unknown, fallback?: () => Response): void {
    // The client has gone, or has got another response: the source of this one's stream must hear of it. Behind an upgrade there is
    // nothing to discard, and the error with its stack took a tenth of the time of a short WebSocket.
    if (context.responded) {
      if (value !== undefined) discard(value, closedError());
      return;
    }
    let outgoing: ReturnType<typeof toOutgoing>;
    try {
      outgoing = toOutgoing(value);
      if (outgoing === null) {
        if (this.#sendMounted(context, value)) return;
        // As in Bun, an error that is returned counts as thrown. What `error` itself returns does not come back to it.
        if (value instanceof Error && fallback === undefined) {
          context.host.fail(context, value);
          return;
        }
        // An `error` handler may leave the response to the server.
        const isLeft = context.needsNone || (fallback !== undefined && value == null);
        if (!isLeft)
          reportError(
            new TypeError(`A handler must return a Response, and not ${describeValue(value)}`, {
              ...(value instanceof Error && { cause: value }),
            }),
            context,
          );
        outgoing = fallback === undefined ? NO_CONTENT : toOutgoing(fallback())!;
      }
    } catch (error) {
      context.host.fail(context, error);
      return;
    }
    context.host.send(context, outgoing);
  }

  /** A handler may return a page as well as a response: the page responds to the request then. */
  #sendMounted(context: RequestContext, value: unknown): boolean {
    if (asMountable(value) === null) return false;
    this.#routes ??= new Routes({}, this.#mountHost);
    const handler = this.#routes.handlerOf(value);
    if (handler === null) return false;
    this.#respond(context, handler.call(this.#server, context.makeRequest(NO_PARAMS), this.#server));
    return true;
  }

  /** Gives the request's host the response to an error. */
  handleError(error: unknown, context: RequestContext): void {
    // Before the `error` handler, or the log, looks at it.
    if (this.#development) keepTraces(error);
    if (context.aborted) return;
    context.failure = { error, isLogged: false };
    context.observer?.failed(error);
    const advice = adviceFor(error);
    if (advice !== null) console.warn(advice);
    if (this.#error !== undefined) {
      this.#callErrorHandler(this.#error, error, context);
      return;
    }
    // A handler's file that is not there is the client's mistake, unless the `error` handler sees it otherwise.
    if (!OpenFile.isMissing(error)) this.#send(context, this.#fallback(error, context));
    else if (!context.responded) context.host.send(context, NOT_FOUND);
  }

  #callErrorHandler(handler: AnyHandler, error: unknown, context: RequestContext): void {
    const fallback = () => this.#fallback(error, context);
    let response: unknown;
    try {
      response = handler.call(this.#server, error, this.#server);
      // Objects of an application can throw where they are looked at, and so can a promise with a constructor of its own.
      if (isThenable(response)) {
        Promise.resolve(response).then(
          (value: unknown) => this.#send(context, value, fallback),
          (thrown: unknown) => this.#send(context, this.#fallback(thrown, context)),
        );
        return;
      }
    } catch (thrown) {
      this.#send(context, this.#fallback(thrown, context));
      return;
    }
    this.#send(context, response, fallback);
  }

  #fallback(error: unknown, context: RequestContext): Response {
    if (this.#development) keepTraces(error);
    reportFailure(error, context);
    return this.#development ? errorPage(error, context.head) : plainError();
  }
}

function isThenable(value: unknown): value is object {
  return typeof value === "object" && value !== null && "then" in value;
}

/** Nothing has to be looked for in the file system. */
function isDestination(match: RouteMatch): match is RouteMatch & Destination {
  const { kind } = match.value;
  return kind === "handler" || kind === "static" || kind === "websocket";
}
