import type { CookieMap } from "../cookies/cookie-map.ts";

/**
 * Names of the Fetch standard for types that the platform has without naming them all. They are derived from its
 * constructors, so that they are the same whether a program is compiled with Node.js's types or the browser's.
 */
export type HeadersInit = NonNullable<ConstructorParameters<typeof globalThis.Headers>[0]>;
export type BodyInit = NonNullable<ConstructorParameters<typeof globalThis.Response>[0]>;
export type RequestInput = Parameters<typeof globalThis.fetch>[0];
/** What iterates over headers: of each set of types its own kind of iterator. */
export type HeadersEntries = ReturnType<globalThis.Headers["entries"]>;
export type HeadersKeys = ReturnType<globalThis.Headers["keys"]>;

/** The request that a `fetch` handler gets: a `Request` with cookies. */
export interface ServerRequest extends Request {
  /** The request's cookies. What is done to them until the response is returned goes with it, as `Set-Cookie`. */
  readonly cookies: CookieMap;
  clone(): ServerRequest;
}

/**
 * The parameters that a route's pattern has. `PathParams` of `@mantou/router` says the same; this is written as Bun's own type is, so
 * that the compiler can tell that a handler for one is a handler for the other.
 */
type ParamsOf<Path> = string extends Path
  ? Record<string, string>
  : Path extends `${string}:${infer Name}/${infer Rest}`
    ? { [K in Name]: string } & ParamsOf<Rest>
    : Path extends `${string}:${infer Name}`
      ? { [K in Name]: string }
      : Path extends `${string}*`
        ? { "*": string }
        : // biome-ignore lint/complexity/noBannedTypes: no parameters
          {};

/** The request that a route's handler gets: also with the route's parameters. */
export interface RouteRequest<Path extends string = string> extends ServerRequest {
  /** Percent-decoded; the keys are inferred from the route's pattern. */
  readonly params: { [Name in keyof ParamsOf<Path>]: ParamsOf<Path>[Name] } & {};
  clone(): RouteRequest<Path>;
}
