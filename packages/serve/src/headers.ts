import { isToken } from "@mantou/http1";

const PlatformHeaders: typeof globalThis.Headers = globalThis.Headers;

export type HeadersInput =
  | Headers
  | globalThis.Headers
  | Iterable<readonly [string, string]>
  | Record<string, string>;

/**
 * The Fetch standard's `Headers`, light: one flat array, nothing sorted or joined before someone asks.
 *
 * `instanceof` the platform's `Headers` holds, and the platform takes it wherever it takes a `HeadersInit`, because it
 * is iterable as one.
 */
export class Headers {
  /** name, value, name, value … in order of appending; names in lower case. */
  #list: string[] = [];
  #immutable = false;

  /** @throws TypeError for a name that is no token, a value that is no ByteString, or an `init` of another type */
  constructor(init?: HeadersInput | null) {
    if (init === undefined || init === null) return;
    if (typeof init !== "object")
      throw new TypeError("Headers are made of an object, or of pairs of name and value");
    if (#list in init) this.#list = init.#list.slice();
    else if (Symbol.iterator in init) for (const pair of init) this.#appendPair(pair);
    else for (const name of Object.keys(init)) this.append(name, (init as Record<string, string>)[name]!);
  }

  /** Headers that were received: their names need lower case, and nothing needs a check. */
  static received(list: readonly string[]): Headers {
    const headers = new Headers();
    for (let i = 0; i < list.length; i += 2) headers.#list.push(list[i]!.toLowerCase(), list[i + 1]!);
    return headers;
  }

  /** name, value, name, value … to be written; the names are lower-case. */
  static listOf(headers: Headers): readonly string[] {
    return headers.#list;
  }

  /** Makes every change throw, as the guard "immutable" of the standard does. */
  static freeze(headers: Headers): Headers {
    headers.#immutable = true;
    return headers;
  }

  append(name: string, value: string): void {
    const key = checkName(name);
    const checked = checkValue(value);
    this.#checkMutable();
    this.#list.push(key, checked);
  }

  set(name: string, value: string): void {
    const key = checkName(name);
    const checked = checkValue(value);
    this.#checkMutable();
    const first = this.#list.indexOf(key);
    // Values may equal names: only even positions are names.
    if (first < 0 || !this.has(key)) {
      this.#list.push(key, checked);
      return;
    }
    let replaced = false;
    this.#list = this.#list.flatMap((entry, i, list) => {
      if (i % 2 === 1 || entry !== key) return i % 2 === 1 && list[i - 1] === key ? [] : [entry];
      if (replaced) return [];
      replaced = true;
      return [key, checked];
    });
  }

  delete(name: string): void {
    const key = checkName(name);
    this.#checkMutable();
    this.#list = this.#list.filter((_, i, list) => list[i - (i % 2)] !== key);
  }

  get(name: string): string | null {
    const key = checkName(name);
    const list = this.#list;
    let value: string | null = null;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== key) continue;
      // RFC 9110 §5.3, but cookie pairs are joined by the separator of their own grammar (RFC 6265 §5.4).
      value = value === null ? list[i + 1]! : `${value}${key === "cookie" ? "; " : ", "}${list[i + 1]!}`;
    }
    return value;
  }

  has(name: string): boolean {
    const key = checkName(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) return true;
    return false;
  }

  /** Each Set-Cookie by itself: joined they could not be told apart (RFC 6265 §3). */
  getSetCookie(): string[] {
    return this.#list.filter((_, i, list) => i % 2 === 1 && list[i - 1] === "set-cookie");
  }

  /** How many there are, as iteration counts them. Bun has it. */
  get count(): number {
    return this.#sorted().length;
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    // The standard's iterators are live: what changes meanwhile is seen.
    for (let i = 0, pairs = this.#sorted(); i < pairs.length; i++, pairs = this.#sorted()) yield pairs[i]!;
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toJSON(): Record<string, string | string[]> {
    const json: Record<string, string | string[]> = {};
    for (const [name, value] of this) if (name !== "set-cookie") json[name] = value;
    const cookies = this.getSetCookie();
    return cookies.length === 0 ? json : { ...json, "set-cookie": cookies };
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  /** "sort and combine" of the standard. */
  #sorted(): [string, string][] {
    const list = this.#list;
    const names = [...new Set(list.filter((_, i) => i % 2 === 0))].sort();
    return names.flatMap((name): [string, string][] =>
      name === "set-cookie"
        ? this.getSetCookie().map((value): [string, string] => [name, value])
        : [[name, this.get(name)!]],
    );
  }

  #appendPair(pair: readonly string[]): void {
    const [name, value, ...more] = pair;
    if (name === undefined || value === undefined || more.length > 0) {
      throw new TypeError("Headers are made of pairs of name and value");
    }
    this.append(name, value);
  }

  #checkMutable(): void {
    if (this.#immutable) throw new TypeError("These headers are immutable");
  }
}

Object.setPrototypeOf(Headers.prototype, PlatformHeaders.prototype);

function checkName(name: string): string {
  const text = String(name);
  if (!isToken(text)) throw new TypeError(`A header name must be a token, not ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

/** "normalize": whitespace around a value is not part of it. */
function checkValue(value: string): string {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\r\n]|[^\x00-\xff]/.test(text)) {
    throw new TypeError("A header value must not contain NUL, CR, LF or a character past U+00FF");
  }
  return text;
}
