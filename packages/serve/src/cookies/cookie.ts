import { inspect } from "node:util";
import {
  clampSeconds,
  encodeCookieValue,
  formatCookieDate,
  parseCookieDate,
  parseSetCookie,
} from "./grammar.ts";
import type { CookieInit, CookieSameSite } from "./types.ts";

/** More than RFC 6265's token, and the same as Bun's: characters that browsers accept, and that do not end the name. */
const NAME = /^[\x21-\x3a\x3c\x3e-\x7e]+$/;
const DOMAIN = /^[a-z0-9.-]+$/;
/** RFC 6265 §4.1.1, `path-value`. */
const PATH = /^[\x20-\x3a\x3c-\x7e]*$/;

/** The values as `Set-Cookie` has them. */
const SAME_SITE: Readonly<Record<CookieSameSite, string>> = { strict: "Strict", lax: "Lax", none: "None" };

/** A cookie and its attributes (RFC 6265), after Bun's `Cookie`. */
export class Cookie {
  readonly #name: string;
  #value: string;
  #domain: string | null = null;
  #path = "/";
  #expires: Date | undefined;
  #maxAge: number | undefined;
  #sameSite: CookieSameSite = "lax";
  #secure: boolean;
  #httpOnly: boolean;
  #partitioned: boolean;

  /** @throws TypeError or RangeError that names the invalid part of the cookie; so do all setters */
  constructor(name: string, value: string, options?: CookieInit | null);
  /** @param cookie the value of a `Set-Cookie` field */
  constructor(cookie: string);
  constructor(init: CookieInit);
  constructor(...args: readonly unknown[]) {
    const init = args.length > 1 ? named(args[0], args[1], args[2]) : initOf(args[0]);
    this.#name = checkName(init.name);
    this.#value = `${init.value ?? ""}`;
    this.domain = init.domain;
    this.path = init.path;
    this.expires = init.expires;
    this.maxAge = init.maxAge;
    this.sameSite = init.sameSite ?? "lax";
    this.#secure = Boolean(init.secure);
    this.#httpOnly = Boolean(init.httpOnly);
    this.#partitioned = Boolean(init.partitioned);
  }

  /**
   * Reads a `Set-Cookie` field as browsers do (RFC 6265 §5.2). The value is not decoded.
   * @throws TypeError for a text that HTTP cannot carry, one without `=`, or a name or domain that no cookie can have
   */
  static parse(cookie: string): Cookie {
    return new Cookie(`${cookie}`);
  }

  /**
   * The same as `new Cookie(name, value, options)`.
   * @throws TypeError without a value
   */
  static from(name: string, value: string, options?: CookieInit | null): Cookie {
    if (value === undefined) throw new TypeError("Cookie.from() takes a name and a value");
    return new Cookie(name, value, options);
  }

  get name(): string {
    return this.#name;
  }

  /** Any text. `serialize` percent-encodes it. */
  get value(): string {
    return this.#value;
  }

  set value(value: string) {
    this.#value = `${value}`;
  }

  /** A host name in lower case; null for the host that set the cookie only. */
  get domain(): string | null {
    return this.#domain;
  }

  set domain(domain: string | null | undefined) {
    const text = `${domain ?? ""}`;
    if (text !== "" && !DOMAIN.test(text)) {
      throw new TypeError(`A cookie's domain must be a host name in lower case, not ${JSON.stringify(text)}`);
    }
    this.#domain = text === "" ? null : text;
  }

  /** Default "/"; an empty string leaves the path to the browser. */
  get path(): string {
    return this.#path;
  }

  set path(path: string | null | undefined) {
    const text = `${path ?? "/"}`;
    if (!PATH.test(text)) {
      throw new TypeError(
        `A cookie's path must be ASCII without ";" or controls, not ${JSON.stringify(text)}`,
      );
    }
    this.#path = text;
  }

  get expires(): Date | undefined {
    return this.#expires;
  }

  /** A Date; a number of seconds since 1970; or a date in the form of `Set-Cookie`. */
  set expires(expires: Date | number | string | null | undefined) {
    this.#expires = expires === null || expires === undefined ? undefined : toDate(expires);
  }

  /** Seconds from now. */
  get maxAge(): number | undefined {
    return this.#maxAge;
  }

  set maxAge(seconds: number | null | undefined) {
    if (seconds !== null && seconds !== undefined && !Number.isFinite(seconds)) {
      throw new TypeError(`A cookie's maxAge must be a finite number of seconds, not ${inspect(seconds)}`);
    }
    this.#maxAge = seconds ?? undefined;
  }

  /** Default "lax". */
  get sameSite(): CookieSameSite {
    return this.#sameSite;
  }

  set sameSite(mode: CookieSameSite) {
    const name = typeof mode === "string" ? mode.toLowerCase() : "";
    if (!Object.hasOwn(SAME_SITE, name)) {
      throw new TypeError(`A cookie's sameSite must be "strict", "lax" or "none", not ${inspect(mode)}`);
    }
    this.#sameSite = name as CookieSameSite;
  }

  get secure(): boolean {
    return this.#secure;
  }

  set secure(secure: boolean) {
    this.#secure = Boolean(secure);
  }

  get httpOnly(): boolean {
    return this.#httpOnly;
  }

  set httpOnly(httpOnly: boolean) {
    this.#httpOnly = Boolean(httpOnly);
  }

  get partitioned(): boolean {
    return this.#partitioned;
  }

  set partitioned(partitioned: boolean) {
    this.#partitioned = Boolean(partitioned);
  }

  /** Whether a browser would drop the cookie now. `maxAge` counts from now, so that only 0 or less means expired. */
  isExpired(): boolean {
    if (this.#maxAge !== undefined) return this.#maxAge <= 0;
    return this.#expires !== undefined && this.#expires.getTime() < Date.now();
  }

  /** The value of a `Set-Cookie` field (RFC 6265 §4.1.1). */
  serialize(): string {
    let text = `${this.#name}=${encodeCookieValue(this.#value)}`;
    if (this.#domain !== null) text += `; Domain=${this.#domain}`;
    if (this.#path !== "") text += `; Path=${this.#path}`;
    if (this.#expires !== undefined) text += `; Expires=${formatCookieDate(this.#expires)}`;
    // Browsers ignore a Max-Age with other characters than digits: a cookie for half a second would stay until they are closed.
    if (this.#maxAge !== undefined) text += `; Max-Age=${clampSeconds(Math.ceil(this.#maxAge))}`;
    if (this.#secure) text += "; Secure";
    if (this.#httpOnly) text += "; HttpOnly";
    if (this.#partitioned) text += "; Partitioned";
    return `${text}; SameSite=${SAME_SITE[this.#sameSite]}`;
  }

  toString(): string {
    return this.serialize();
  }

  toJSON(): CookieInit {
    return {
      name: this.#name,
      value: this.#value,
      ...(this.#domain === null ? {} : { domain: this.#domain }),
      path: this.#path,
      ...(this.#expires === undefined ? {} : { expires: this.#expires }),
      ...(this.#maxAge === undefined ? {} : { maxAge: this.#maxAge }),
      secure: this.#secure,
      sameSite: this.#sameSite,
      httpOnly: this.#httpOnly,
      partitioned: this.#partitioned,
    };
  }

  get [Symbol.toStringTag](): string {
    return "Cookie";
  }
}

Object.defineProperty(Cookie.prototype, inspect.custom, {
  value(this: Cookie, _depth: number, options: Parameters<typeof inspect>[1]): string {
    return `Cookie ${inspect(this.toJSON(), options)}`;
  },
});

function named(name: unknown, value: unknown, options: unknown): CookieInit {
  if (options === undefined || options === null) return { name: `${name}`, value: `${value}` };
  if (typeof options !== "object") throw new TypeError("A cookie's options must be an object");
  const { domain, path, expires, maxAge, secure, sameSite, httpOnly, partitioned } = options as CookieInit;
  const attributes = { domain, path, expires, maxAge, secure, sameSite, httpOnly, partitioned };
  return { name: `${name}`, value: `${value}`, ...(attributes as CookieInit) };
}

function initOf(cookie: unknown): CookieInit {
  if (typeof cookie === "string") return parseSetCookie(cookie);
  if (typeof cookie === "object" && cookie !== null) return cookie;
  throw new TypeError("A Cookie takes a name and a value, a cookie string, or an object with a name");
}

function checkName(name: unknown): string {
  const text = `${name ?? ""}`;
  if (!NAME.test(text)) {
    throw new TypeError(
      `A cookie's name must be printable ASCII without spaces, "=" and ";", not ${JSON.stringify(text)}`,
    );
  }
  return text;
}

function toDate(value: Date | number | string): Date {
  if (typeof value === "string") {
    const date = parseCookieDate(value);
    if (date === null) throw new TypeError(`A cookie cannot expire at ${JSON.stringify(value)}`);
    return date;
  }
  if (typeof value !== "number" && !(value instanceof Date)) {
    throw new TypeError(`A cookie's expires must be a Date, seconds or a string, not ${inspect(value)}`);
  }
  const date = new Date(typeof value === "number" ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) throw new RangeError(`A cookie's expires must be a date, not ${value}`);
  return date;
}
