import { inspect } from "node:util";
import { Cookie } from "./cookie.ts";
import { parseCookieHeader } from "./grammar.ts";
import type { CookieInit, CookieStoreDeleteOptions } from "./types.ts";

/** Names that browsers accept with `Secure` only, also for a removal (RFC 6265bis §4.1.3). */
const SECURE_PREFIX = /^__(?:secure|host|http)-/i;
/** And those that need `HttpOnly` as well, in Chrome since version 140 (draft-ietf-httpbis-layered-cookies). */
const HTTP_PREFIX = /^__(?:host-)?http-/i;

/** A change of a cookie by the application. */
interface Change {
  /** The cookie that is sent to the browser. */
  readonly cookie: Cookie;
  readonly deleted: boolean;
}

/**
 * The cookies of a request and their changes, after Bun's `CookieMap`. A request may have several cookies of one name, for several
 * paths: iteration gives all of them, and `get` the first.
 */
export class CookieMap implements Iterable<[name: string, value: string]> {
  /** The cookies of the request. Those whose name has a change are hidden by it, and stay here: a client chooses how many there are. */
  readonly #received: readonly (readonly [string, string])[];
  /** The first received value of each name, once one has been asked for. */
  #receivedByName: ReadonlyMap<string, string> | null = null;
  /** The latest change of each name, in the order of the changes. */
  readonly #changes = new Map<string, Change>();

  /**
   * @param init a `Cookie` field (RFC 6265 §4.2), pairs of name and value, or an object of values by name
   * @throws TypeError for any other value
   */
  constructor(init?: string | Iterable<readonly string[]> | Readonly<Record<string, string>> | null) {
    this.#received = pairsOf(init);
  }

  /** The value of a cookie; null if the request has none of this name, or if it has been deleted. */
  get(name: string): string | null {
    const key = `${name}`;
    const change = this.#changes.get(key);
    if (change !== undefined) return change.deleted ? null : change.cookie.value;
    this.#receivedByName ??= firstValues(this.#received);
    return this.#receivedByName.get(key) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /**
   * Sets a cookie, in place of all cookies of its name. A `Cookie` may be changed afterwards, until the response is returned.
   * @throws TypeError or RangeError that names the invalid part of the cookie
   */
  set(name: string, value: string, options?: CookieInit | null): void;
  set(cookie: CookieInit | Cookie): void;
  set(...args: readonly unknown[]): void {
    this.#change(args.length > 1 ? Reflect.construct(Cookie, args) : toCookie(args[0]), false);
  }

  /**
   * Removes a cookie: the response has a cookie of this name that has expired. A browser finds a cookie by name, domain and path, so
   * that these must be the same as when it was set.
   * @throws TypeError for a name, domain or path that no cookie can have
   */
  delete(name: string, options?: Omit<CookieStoreDeleteOptions, "name"> | null): void;
  delete(options: CookieStoreDeleteOptions): void;
  delete(
    first: string | CookieStoreDeleteOptions,
    second?: Omit<CookieStoreDeleteOptions, "name"> | null,
  ): void {
    const { name, ...options } = typeof first === "string" ? { ...second, name: first } : { ...first };
    if (typeof name !== "string") throw new TypeError("The name of the cookie to delete must be a string");
    const { domain = null, path = null } = options;
    const secure = SECURE_PREFIX.test(name);
    const httpOnly = HTTP_PREFIX.test(name);
    this.#change(new Cookie(name, "", { domain, path, secure, httpOnly, expires: 0 }), true);
  }

  /** The values of the `Set-Cookie` fields: one for each cookie that was set or deleted. */
  toSetCookieHeaders(): string[] {
    return Array.from(this.#changes.values(), ({ cookie }) => cookie.serialize());
  }

  /** An object of values by name, for `JSON.stringify`. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(firstValues(this));
  }

  /** The number of cookies that iteration gives. */
  get size(): number {
    return this.#pairs().length;
  }

  /** Name and value of each cookie: first those that were set, then those received. Later changes do not show. */
  entries(): IterableIterator<[name: string, value: string]> {
    return this.#pairs().values();
  }

  keys(): IterableIterator<string> {
    return this.#pairs()
      .map(([name]) => name)
      .values();
  }

  values(): IterableIterator<string> {
    return this.#pairs()
      .map(([, value]) => value)
      .values();
  }

  forEach(callback: (value: string, name: string, map: CookieMap) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "CookieMap";
  }

  #pairs(): [string, string][] {
    const pairs: [string, string][] = [];
    for (const [name, { cookie, deleted }] of this.#changes) if (!deleted) pairs.push([name, cookie.value]);
    for (const [name, value] of this.#received) if (!this.#changes.has(name)) pairs.push([name, value]);
    return pairs;
  }

  #change(cookie: Cookie, deleted: boolean): void {
    const { name } = cookie;
    // Each name has one Set-Cookie (RFC 6265 §4.1.1): the last change replaces earlier ones.
    this.#changes.delete(name);
    this.#changes.set(name, { cookie, deleted });
  }
}

Object.defineProperty(CookieMap.prototype, inspect.custom, {
  value(this: CookieMap, _depth: number, options: Parameters<typeof inspect>[1]): string {
    return `CookieMap ${inspect(new Map(this), options)}`;
  },
});

function firstValues(pairs: Iterable<readonly [string, string]>): Map<string, string> {
  const first = new Map<string, string>();
  for (const [name, value] of pairs) if (!first.has(name)) first.set(name, value);
  return first;
}

function toCookie(value: unknown): Cookie {
  if (value instanceof Cookie) return value;
  if (typeof value === "object" && value !== null) return new Cookie(value);
  throw new TypeError("CookieMap.set() takes a name and a value, a Cookie, or an object with a name");
}

function pairsOf(init: unknown): readonly (readonly [string, string])[] {
  if (init === undefined || init === null) return [];
  if (typeof init === "string") return parseCookieHeader(init);
  if (typeof init !== "object") {
    throw new TypeError("A CookieMap takes a Cookie field, pairs of name and value, or an object");
  }
  const pairs: readonly unknown[] =
    Symbol.iterator in init ? [...(init as Iterable<unknown>)] : Object.entries(init);
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeError("Each cookie must be a pair of name and value");
    return [`${pair[0]}`, `${pair[1]}`];
  });
}
