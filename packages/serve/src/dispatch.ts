import { attachCookies, withSetCookies } from "./cookies.ts";
import { errorPage, plainError } from "./error-page.ts";
import type { Exchange } from "./exchange.ts";
import { FileResponse } from "./file-response.ts";
import { detach, findFile } from "./file-routes.ts";
import { fromForeign } from "./foreign-response.ts";
import { OpenFile } from "./open-file.ts";
import type { ResolvedHandlers } from "./options.ts";
import { PreparedResponse } from "./prepared-response.ts";
import { report } from "./report.ts";
import { makeRequest } from "./request.ts";
import { targetPath, targetQuery } from "./request-url.ts";
import { Response } from "./response.ts";
import { type AnyHandler, type Route, Routes } from "./routes.ts";
import type { WebSocketOptions } from "./websocket-options.ts";

const PlatformResponse: typeof globalThis.Response = globalThis.Response;

const NOT_FOUND = new PreparedResponse({ status: 404 }, "");
/** The methods that the platform's `Request` cannot have (Fetch standard, "forbidden method"). */
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;
const NOT_IMPLEMENTED = new PreparedResponse({ status: 501 }, null);

/** What asks for no WebSocket where there is nothing else (RFC 9110 §15.5.22). */
const UPGRADE_REQUIRED = new PreparedResponse(
  { status: 426, fields: ["Upgrade", "websocket", "Connection", "Upgrade"] },
  null,
);

function openWebSocket(exchange: Exchange, websocket: WebSocketOptions): PreparedResponse | undefined {
  exchange.websocket = websocket;
  return exchange.host.upgrade(exchange, undefined, undefined) ? undefined : UPGRADE_REQUIRED;
}

/** Leads each request to its handler, and every error to a response. One for each set of handlers: `reload` makes another. */
export class Dispatcher {
  readonly #routes: Routes | null;
  readonly #fetch: AnyHandler | undefined;
  readonly #error: AnyHandler | undefined;
  readonly #server: object;
  readonly #development: boolean;

  /** @throws TypeError for a route that is none */
  constructor(handlers: ResolvedHandlers, server: object, development: boolean) {
    this.#routes = handlers.routes === undefined ? null : new Routes(handlers.routes);
    this.#fetch = handlers.fetch;
    this.#error = handlers.error;
    this.#server = server;
    this.#development = development;
  }

  /** @returns a response, or a promise of one; it rejects with what is for `handleError` */
  handle(exchange: Exchange): unknown {
    try {
      const { method, target } = exchange.head;
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
          exchange.websocket = route.websocket;
          return this.#call(route.handler, exchange, params);
        }
        if (route.kind === "websocket") return openWebSocket(exchange, route.websocket);
      }
      return this.#fetch === undefined ? NOT_FOUND : this.#call(this.#fetch, exchange);
    } catch (error) {
      return this.handleError(error, exchange);
    }
  }

  /** Answers a request that did not come over a connection. Never rejects. */
  async answer(request: Request): Promise<globalThis.Response> {
    const cookies = attachCookies(request);
    try {
      return withSetCookies(asResponse(await this.#run(request)), cookies());
    } catch (error) {
      return withSetCookies(asResponse(await this.handleError(error, null)), cookies());
    }
  }

  #run(request: Request): unknown {
    const { pathname, search } = new URL(request.url);
    let match = this.#routes?.match(request.method, pathname) ?? null;
    if (match !== null && isFileRoute(match.value)) {
      const found = findFile(this.#routes!, match, request.method, pathname, search);
      if (found instanceof FileResponse || found instanceof PreparedResponse) return detach(found);
      match = found;
    }
    if (match?.value.kind === "static") return match.value.response.clone();
    if (match?.value.kind === "handler") {
      Object.defineProperty(request, "params", { value: match.params, configurable: true });
      return match.value.handler.call(this.#server, request, this.#server);
    }
    if (match?.value.kind === "websocket") return new Response(null, { status: 426 });
    if (this.#fetch === undefined) return new Response(null, { status: 404 });
    return this.#fetch.call(this.#server, request, this.#server);
  }

  /** @returns a response, or a promise of one that does not reject */
  handleError(error: unknown, exchange: Exchange | null): unknown {
    if (exchange !== null) {
      if (exchange.aborted) return undefined;
      exchange.failed = true;
    }
    if (this.#error === undefined)
      return OpenFile.isMissing(error) ? notFound(exchange) : this.#fallback(error, exchange);
    try {
      const answer = this.#error.call(this.#server, error, this.#server);
      if (!isThenable(answer)) return answer ?? this.#fallback(error, exchange);
      // Not every thenable is a promise, and one that rejects would end the process.
      return Promise.resolve(answer).then(
        (value: unknown) => value ?? this.#fallback(error, exchange),
        (thrown: unknown) => this.#fallback(thrown, exchange),
      );
    } catch (thrown) {
      return this.#fallback(thrown, exchange);
    }
  }

  #call(handler: AnyHandler, exchange: Exchange, params?: Parameters<typeof makeRequest>[1]): unknown {
    const { method } = exchange.head;
    if (method !== "GET" && FORBIDDEN_METHOD.test(method)) return NOT_IMPLEMENTED;
    return awaitable(handler.call(this.#server, makeRequest(exchange, params), this.#server));
  }

  #fallback(error: unknown, exchange: Exchange | null): Response {
    report(error);
    return this.#development ? errorPage(error, exchange?.head ?? null) : plainError();
  }
}

/** A handler's file that is not there is the client's mistake, unless the `error` handler sees it otherwise. */
function notFound(exchange: Exchange | null): PreparedResponse | Response {
  return exchange === null ? new Response(null, { status: 404 }) : NOT_FOUND;
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

/** What a handler returned, as on the wire: what is no response is answered without content. */
function asResponse(value: unknown): globalThis.Response {
  if (value instanceof PlatformResponse) return value;
  return (fromForeign(value) ?? new Response(null, { status: 204 })) as globalThis.Response;
}
