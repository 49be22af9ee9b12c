import { Router } from "@mantou/router";
import { type PreparedResponse, prepareNow, prepareResponse } from "./prepared-response.ts";
import type { HTTPMethod } from "./types.ts";

const PlatformResponse: typeof globalThis.Response = globalThis.Response;

// biome-ignore lint/suspicious/noExplicitAny: the types of a handler's parameters are checked where it is passed in
export type AnyHandler = (this: any, request: any, server: any) => unknown;

/** What a path leads to. */
export type Route =
  | { readonly kind: "handler"; readonly handler: AnyHandler }
  | {
      readonly kind: "static";
      readonly prepared: PreparedResponse | Promise<PreparedResponse>;
      /** As it was given; only its clones are read, so that one response may stand in several routes. */
      readonly response: globalThis.Response;
    }
  /** Declared as `false`: not handled by routes. */
  | { readonly kind: "none" };

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

  /** @throws TypeError that names the route and what is wrong with it */
  constructor(routes: Readonly<Record<string, unknown>>) {
    const own: [method: string, pattern: string, route: Route][] = [];
    for (const [pattern, value] of Object.entries(routes)) {
      const route = compile(pattern, value);
      if (route !== null) {
        this.#anyMethod.set(pattern, route);
        continue;
      }
      for (const [method, handler] of Object.entries(value as object)) {
        own.push([method, pattern, compileMethod(pattern, method, handler)]);
      }
    }
    // HEAD is answered by GET's handler where it has none of its own (RFC 9110 §9.3.2).
    for (const [method, pattern, route] of own)
      if (method === "GET") this.#methodRouter("HEAD").set(pattern, route);
    for (const [method, pattern, route] of own) this.#methodRouter(method).set(pattern, route);
  }

  match(method: string, path: string): ReturnType<Router<Route>["match"]> {
    return (this.#byMethod.get(method) ?? this.#anyMethod).match(path);
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
  if (typeof value === "function") return { kind: "handler", handler: value as AnyHandler };
  if (isResponse(value)) return staticRoute(value);
  const methods = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (methods.length > 0 && methods.every((method) => METHODS.has(method))) return null;
  throw new TypeError(
    `The route ${JSON.stringify(pattern)} must be a Response, a function, false, or an object of functions and Responses by method`,
  );
}

function compileMethod(pattern: string, method: string, value: unknown): Route {
  if (typeof value === "function") return { kind: "handler", handler: value as AnyHandler };
  if (isResponse(value)) return staticRoute(value);
  throw new TypeError(
    `The route ${JSON.stringify(pattern)} must have a function or a Response for ${method}`,
  );
}

/** @throws TypeError for a response whose body has been used */
function staticRoute(response: globalThis.Response): Route {
  const now = prepareNow(response.clone());
  if (now !== null) return { kind: "static", prepared: now, response };
  const prepared = prepareResponse(response.clone());
  // Whoever asks for it gets the error; until then it must not end the process.
  prepared.catch(() => {});
  return { kind: "static", prepared, response };
}

function isResponse(value: unknown): value is globalThis.Response {
  // Ours too: its prototype is one of the platform's.
  return value instanceof PlatformResponse;
}
