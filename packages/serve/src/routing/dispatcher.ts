import { errorPage, plainError } from "../errors/error-page.ts";
import { logError } from "../errors/log.ts";
import { adviceFor } from "../errors/platform-advice.ts";
import { keepTraces } from "../errors/stack.ts";
import { makeRequest } from "../fetch/request.ts";
import { targetPath, targetQuery } from "../fetch/request-url.ts";
import { Response } from "../fetch/response.ts";
import { FileResponse } from "../http/file-plan.ts";
import { OpenFile } from "../http/open-file.ts";
import { PreparedResponse } from "../http/outgoing.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ResolvedHandlers } from "../options/serve-options.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { detach } from "./detached-response.ts";
import { findFile } from "./file-route.ts";
import { attachCookies, withSetCookies } from "./response-cookies.ts";
import { type AnyHandler, type Route, Routes } from "./routes.ts";

const NOT_FOUND = new PreparedResponse({ status: 404 }, "");
/** The methods that the platform's `Request` cannot have (Fetch standard, "forbidden method"). */
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;
const NOT_IMPLEMENTED = new PreparedResponse({ status: 501 }, null);

/** What asks for no WebSocket where there is nothing else (RFC 9110 §15.5.22). */
const UPGRADE_REQUIRED = new PreparedResponse(
  { status: 426, fields: ["Upgrade", "websocket", "Connection", "Upgrade"] },
  null,
);

/** Leads each request to its handler, and every error to a response. One for each set of handlers: `reload` makes another. */
export class Dispatcher {
  readonly #routes: Routes | null;
  readonly #fetch: AnyHandler | undefined;
  readonly #error: AnyHandler | undefined;
  readonly #server: object;
  readonly #development: boolean;
  readonly #upgrade: (context: RequestContext) => boolean;

  /**
   * @param upgrade hands the connection of a request to a WebSocket, if it asks for one
   * @throws TypeError for a route that is none
   */
  constructor(
    handlers: ResolvedHandlers,
    server: object,
    development: boolean,
    upgrade: (context: RequestContext) => boolean,
  ) {
    this.#routes = handlers.routes === undefined ? null : new Routes(handlers.routes);
    this.#fetch = handlers.fetch;
    this.#error = handlers.error;
    this.#server = server;
    this.#development = development;
    this.#upgrade = upgrade;
  }

  /** @returns a response, or a promise of one; it rejects with what is for `handleError` */
  handle(context: RequestContext): unknown {
    try {
      const { method, target } = context.head;
      if (method !== "GET" && FORBIDDEN_METHOD.test(method)) return NOT_IMPLEMENTED;
      const path = targetPath(target);
      let match = this.#routes?.match(method, path) ?? null;
      if (match !== null && isFileRoute(match.value)) {
        const found = findFile(this.#routes!, match, method, path, targetQuery(target));
        if (found instanceof FileResponse || found instanceof PreparedResponse) return found;
        match = found;
      }
      if (match !== null) {
        const { value: route, params } = match;
        if (route.kind === "static") return awaitable(route.prepared);
        if (route.kind === "handler") {
          context.websocket = route.websocket;
          return this.#call(route.handler, context, params);
        }
        if (route.kind === "websocket") return this.#openWebSocket(context, route.websocket);
      }
      return this.#fetch === undefined ? NOT_FOUND : this.#call(this.#fetch, context);
    } catch (error) {
      return this.handleError(error, context);
    }
  }

  /** Answers a request that did not come over a connection, as one that did. Never rejects. */
  async answer(request: Request): Promise<globalThis.Response> {
    const cookies = attachCookies(request);
    let answer: globalThis.Response;
    try {
      answer = detach(request, await this.#run(request));
    } catch (error) {
      answer = this.#detachError(request, await this.handleError(error, null));
    }
    return withSetCookies(answer, cookies());
  }

  #detachError(request: Request, answer: unknown): globalThis.Response {
    try {
      return detach(request, answer);
    } catch (error) {
      // The error's own response cannot be sent either.
      logError(error);
      return new Response(null, { status: 500 }) as globalThis.Response;
    }
  }

  #run(request: Request): unknown {
    const { pathname, search } = new URL(request.url);
    let match = this.#routes?.match(request.method, pathname) ?? null;
    if (match !== null && isFileRoute(match.value)) {
      const found = findFile(this.#routes!, match, request.method, pathname, search);
      if (found instanceof FileResponse || found instanceof PreparedResponse) return found;
      match = found;
    }
    if (match?.value.kind === "static") return match.value.prepared;
    if (match?.value.kind === "websocket") return UPGRADE_REQUIRED;
    const isRoute = match?.value.kind === "handler";
    const handler = match?.value.kind === "handler" ? match.value.handler : this.#fetch;
    if (handler === undefined) return NOT_FOUND;
    const params = isRoute ? match!.params : {};
    Object.defineProperty(request, "params", { value: params, configurable: true });
    return handler.call(this.#server, request, this.#server);
  }

  /** @returns a response, or a promise of one that does not reject */
  handleError(error: unknown, context: RequestContext | null): unknown {
    // Before the `error` handler, or the log, looks at it.
    if (this.#development) keepTraces(error);
    if (context !== null) {
      if (context.aborted) return undefined;
      context.failed = true;
    }
    const advice = adviceFor(error);
    if (advice !== null) console.warn(advice);
    // A handler's file that is not there is the client's mistake, unless the `error` handler sees it otherwise.
    if (this.#error === undefined)
      return OpenFile.isMissing(error) ? NOT_FOUND : this.#fallback(error, context);
    try {
      const answer = this.#error.call(this.#server, error, this.#server);
      if (!isThenable(answer)) return answer ?? this.#fallback(error, context);
      // Not every thenable is a promise, and one that rejects would end the process.
      return Promise.resolve(answer).then(
        (value: unknown) => value ?? this.#fallback(error, context),
        (thrown: unknown) => this.#fallback(thrown, context),
      );
    } catch (thrown) {
      return this.#fallback(thrown, context);
    }
  }

  #openWebSocket(context: RequestContext, websocket: WebSocketOptions): PreparedResponse | undefined {
    context.websocket = websocket;
    return this.#upgrade(context) ? undefined : UPGRADE_REQUIRED;
  }

  #call(handler: AnyHandler, context: RequestContext, params?: Parameters<typeof makeRequest>[1]): unknown {
    return awaitable(handler.call(this.#server, makeRequest(context, params), this.#server));
  }

  #fallback(error: unknown, context: RequestContext | null): Response {
    if (this.#development) keepTraces(error);
    logError(error);
    return this.#development ? errorPage(error, context?.head ?? null) : plainError();
  }
}

/** Thenables of every kind are awaited, as promises are. */
function awaitable(answer: unknown): unknown {
  return isThenable(answer) ? Promise.resolve(answer) : answer;
}

function isThenable(value: unknown): value is object {
  return typeof value === "object" && value !== null && "then" in value;
}

function isFileRoute({ kind }: Route): boolean {
  return kind === "file" || kind === "directory";
}
