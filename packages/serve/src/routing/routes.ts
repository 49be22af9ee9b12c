import { type Match, type PathParams, Router } from "@mantou/router";
import type { Mounted, MountHost } from "../api/mount.ts";
import type { HTTPMethod } from "../api/routes.ts";
import { fileBehind, isFileBlob } from "../fetch/file-blob.ts";
import { platform } from "../fetch/platform.ts";
import { Response, responseParts } from "../fetch/response.ts";
import { cacheResponse } from "../http/cached-response.ts";
import type { UnopenedFile } from "../http/file-plan.ts";
import { type Outgoing, takeApart, type WholeResponse } from "../http/outgoing.ts";
import { resolveWebSocketOptions, type WebSocketOptions } from "../options/websocket-options.ts";
import { DirectoryRoute } from "./directory-route.ts";
import { asMountable, Mounts } from "./mounts.ts";

// biome-ignore lint/suspicious/noExplicitAny: the types of a handler's parameters are checked where it is passed in
export type AnyHandler = (this: any, request: any, server: any) => unknown;

/** The compiled value of a route. */
export type Route =
  | {
      readonly kind: "handler";
      readonly handler: AnyHandler;
      /** The handlers for WebSockets of this route; null for the server's. */
      readonly websocket: WebSocketOptions | null;
    }
  /** WebSockets alone. */
  | { readonly kind: "websocket"; readonly websocket: WebSocketOptions }
  | {
      readonly kind: "static";
      readonly cached: WholeResponse | Promise<WholeResponse>;
      /** The application's response. Only its clones are read, so that one response may stand in several routes. */
      readonly response: globalThis.Response;
    }
  /** A file, opened for each request. If it is missing, the request goes on to less specific routes. */
  | { readonly kind: "file"; readonly file: UnopenedFile; readonly response: globalThis.Response }
  | { readonly kind: "directory"; readonly directory: DirectoryRoute }
  /** Declared as `false`: not handled by routes. */
  | { readonly kind: "none" };

export type RouteMatch = Match<Route>;

/** What a request is led to once files have been looked for. */
export interface Destination {
  readonly value:
    | Extract<Route, { kind: "handler" | "websocket" | "static" }>
    | { readonly kind: "outgoing"; readonly response: Outgoing };
  readonly params: PathParams;
  /** Of its route; null without one. */
  readonly pattern: string | null;
}

const METHODS: ReadonlySet<string> = new Set<HTTPMethod>([
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
]);

/**
 * The `routes` of a server. As in Bun each method has a tree of its own, so that a route for one method does not hide
 * a less specific one from another.
 */
export class Routes {
  readonly #byMethod = new Map<string, Router<Route>>();
  readonly #anyMethod = new Router<Route>();
  readonly #mounts: Mounts;
  /** Those whose further routes are in the trees. */
  readonly #routed = new WeakSet<Mounted>();

  /** @throws TypeError that names the route and what is wrong with it; the error of a value that mounts itself */
  constructor(routes: Readonly<Record<string, unknown>>, host: MountHost) {
    this.#mounts = new Mounts(host);
    const own: [method: string, pattern: string, route: Route][] = [];
    for (const [pattern, value] of Object.entries(routes)) {
      const route = this.#compileMounted(value) ?? compile(pattern, value);
      // No request has an empty path. Elysia adds this pattern beside "/".
      if (pattern === "") continue;
      if (route !== null) {
        this.#anyMethod.set(pattern, route);
        continue;
      }
      const { websocket: given, ...methods } = value as { websocket?: unknown };
      const websocket = given === undefined ? null : resolveWebSocketOptions(given);
      if (websocket !== null) checkUpgrader(pattern, methods);
      for (const [method, handler] of Object.entries(methods)) {
        const mounted = this.#compileMounted(handler);
        own.push([method, pattern, mounted ?? compileMethod(pattern, method, handler, websocket)]);
      }
      if (websocket !== null && !("GET" in methods))
        own.push(["GET", pattern, { kind: "websocket", websocket }]);
    }
    // GET's handler responds to HEAD unless that has its own (RFC 9110 §9.3.2).
    for (const [method, pattern, route] of own)
      if (method === "GET") this.#methodRouter("HEAD").set(pattern, route);
    for (const [method, pattern, route] of own) this.#methodRouter(method).set(pattern, route);
    this.#mounts.declared();
    for (const mounted of this.#mounts.all) this.#addRoutesOf(mounted);
  }

  #compileMounted(value: unknown): Route | null {
    const mountable = asMountable(value);
    if (mountable === null) return null;
    const mounted = this.#mounts.mount(mountable);
    mounted.start?.();
    return handlerRoute(mounted.handler, null);
  }

  /** Once: a handler may return the same page at every request. */
  #addRoutesOf(mounted: Mounted): void {
    if (this.#routed.has(mounted)) return;
    for (const [pattern, { handler, websocket }] of Object.entries(mounted.routes)) {
      const route = handlerRoute(
        handler,
        websocket === undefined ? null : resolveWebSocketOptions(websocket),
      );
      for (const router of [this.#anyMethod, ...this.#byMethod.values()]) router.set(pattern, route);
    }
    this.#routed.add(mounted);
  }

  /**
   * The handler of a value that a handler has returned; null for a value that does not mount itself.
   * @throws the error of the value
   */
  handlerOf(value: unknown): AnyHandler | null {
    const mountable = asMountable(value);
    if (mountable === null) return null;
    const mounted = this.#mounts.mount(mountable);
    this.#addRoutesOf(mounted);
    return mounted.handler;
  }

  match(method: string, path: string): RouteMatch | null {
    return (this.#byMethod.get(method) ?? this.#anyMethod).match(path);
  }

  /** The best match besides these patterns: as in Bun, a request for a missing file goes on. */
  matchWithout(missing: readonly string[], method: string, path: string): RouteMatch | null {
    return (this.#byMethod.get(method) ?? this.#anyMethod).matchExcept(path, missing);
  }

  /** A method's own routes come on top of those for any method. */
  #methodRouter(method: string): Router<Route> {
    let router = this.#byMethod.get(method);
    if (router === undefined) {
      router = new Router<Route>();
      for (const [pattern, route] of this.#anyMethod) router.set(pattern, route);
      this.#byMethod.set(method, router);
    }
    return router;
  }
}

/** @returns null for an object of methods */
function compile(pattern: string, value: unknown): Route | null {
  if (value === false) return { kind: "none" };
  if (typeof value === "function") return handlerRoute(value, null);
  if (isResponse(value)) return staticRoute(pattern, null, value);
  if (value instanceof Blob) return staticRoute(pattern, null, new Response(value) as globalThis.Response);
  if (typeof value === "object" && value !== null && "dir" in value) {
    return { kind: "directory", directory: new DirectoryRoute(pattern, value) };
  }
  const methods = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const wrong = methods.find((method) => !METHODS.has(method) && method !== "websocket");
  const isEmpty = methods.every(
    (name) => name === "websocket" && (value as { readonly websocket?: unknown }).websocket === undefined,
  );
  if (!isEmpty && wrong === undefined) return null;
  const isByMethod = (method: string): boolean =>
    METHODS.has(method.toUpperCase()) || typeof (value as Record<string, unknown>)[method] === "function";
  if (wrong !== undefined && methods.some(isByMethod)) {
    const remedy = METHODS.has(wrong.toUpperCase())
      ? `write ${wrong.toUpperCase()}`
      : `its methods are ${[...METHODS].join(", ")}`;
    throw new TypeError(
      `The route ${JSON.stringify(pattern)} has ${JSON.stringify(wrong)}, which is not a method; ${remedy}`,
    );
  }
  throw new TypeError(
    `The route ${JSON.stringify(pattern)} must be a Response, a file, a page, a function, false, { dir }, or an object of functions, Responses, files and pages by method, and websocket`,
  );
}

/**
 * A handshake is a GET request.
 * @throws TypeError for a value of GET that cannot open a WebSocket, beside which `websocket` would have no effect
 */
function checkUpgrader(pattern: string, methods: { readonly GET?: unknown }): void {
  if (!("GET" in methods) || typeof methods.GET === "function") return;
  throw new TypeError(
    `The route ${JSON.stringify(pattern)} has websocket, and a GET that opens no WebSocket: leave GET out, or let it be a function that calls server.upgrade() and returns a Response or a page otherwise`,
  );
}

function handlerRoute(handler: object, websocket: WebSocketOptions | null): Route {
  return { kind: "handler", handler: handler as AnyHandler, websocket };
}

function compileMethod(
  pattern: string,
  method: string,
  value: unknown,
  websocket: WebSocketOptions | null,
): Route {
  if (typeof value === "function") return handlerRoute(value, websocket);
  if (isResponse(value)) return staticRoute(pattern, method, value);
  if (value instanceof Blob) return staticRoute(pattern, method, new Response(value) as globalThis.Response);
  throw new TypeError(
    `The route ${JSON.stringify(pattern)} must have a function, a Response, a file or a page for ${method}`,
  );
}

/**
 * @param method null for any
 * @throws TypeError that names the route, for a response whose body has been used, and for one that cannot be sent
 */
function staticRoute(pattern: string, method: string | null, response: globalThis.Response): Route {
  try {
    // The platform's has a body that is read later.
    if (response.status === 0) throw new TypeError("An error response cannot be sent");
    const file = fileBody(response);
    if (file !== null) return { kind: "file", file, response };
    const cached = cacheResponse(response.clone(), method === "HEAD");
    // Each request gets the error; until then it must not end the process.
    if (cached instanceof Promise) cached.catch(() => {});
    return { kind: "static", cached, response };
  } catch (cause) {
    const { message, code } = cause as Error & { code?: string };
    const reason = `The route ${JSON.stringify(pattern)} has a Response that cannot be sent: ${message}`;
    throw Object.assign(new TypeError(reason, { cause }), code !== undefined && { code });
  }
}

/** The file behind a response's body, which stays as it is; null for other bodies. */
function fileBody(response: globalThis.Response): UnopenedFile | null {
  const parts = responseParts(response);
  if (
    parts === null
      ? response.body === null || fileBehind(response.body) === null
      : !isFileBlob(parts.body.held)
  )
    return null;
  // The platform's copies would have streams of their own.
  const taken = takeApart(parts === null ? response : response.clone());
  return taken?.kind === "unopened" ? taken : null;
}

function isResponse(value: unknown): value is globalThis.Response {
  // Ours too: its prototype is one of the platform's.
  return value instanceof platform.Response;
}
