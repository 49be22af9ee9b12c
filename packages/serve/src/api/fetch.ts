import type { CookieMap } from "../cookies/cookie-map.ts";

// Names of the Fetch standard for types that the platform has, but does not name in all sets of types. They are derived from its
// constructors, so that a program can be compiled with Node.js's types and with the browser's.

/** The argument of the platform's `new Headers`. */
export type HeadersInit = NonNullable<ConstructorParameters<typeof globalThis.Headers>[0]>;
/** The body that the platform's `new Response` takes. */
export type BodyInit = NonNullable<ConstructorParameters<typeof globalThis.Response>[0]>;
/** The first argument of `fetch`. */
export type RequestInput = Parameters<typeof globalThis.fetch>[0];
/** The iterators of `Headers`, which each set of types declares in its own way. */
export type HeadersEntries = ReturnType<globalThis.Headers["entries"]>;
export type HeadersKeys = ReturnType<globalThis.Headers["keys"]>;

/** The request that a `fetch` handler gets: the Fetch standard's `Request`, and Bun's `cookies`. */
export interface ServerRequest extends Request {
  /** The request's cookies (RFC 6265 §4.2). Changes before the response is returned are sent with it, as `Set-Cookie`. */
  readonly cookies: CookieMap;
  clone(): ServerRequest;
}

/**
 * The parameters of a route's pattern. `PathParams` of `@mantou/router` is the same type; this one has the form of Bun's, so that the
 * compiler accepts a handler of one for the other.
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

/** The request that the handler of a route gets: with the route's parameters, too. */
export interface RouteRequest<Path extends string = string> extends ServerRequest {
  /** The values of the pattern's parameters, percent-decoded; `"*"` is the rest of a path behind a `/*`. */
  readonly params: { [Name in keyof ParamsOf<Path>]: ParamsOf<Path>[Name] } & {};
  clone(): RouteRequest<Path>;
}
