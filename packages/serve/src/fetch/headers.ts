// biome-ignore-all lint/complexity/noArguments: Web IDL counts the arguments, and tells undefined from none
import { types } from "node:util";
import { isToken } from "@mantou/http1";
import type { HeadersEntries, HeadersKeys } from "../api/fetch.ts";
import { HeadersIterator } from "./headers-iterator.ts";
import { platform } from "./platform.ts";
import { joinPlatformClass } from "./web-class.ts";

export type HeadersInput =
  | Headers
  | globalThis.Headers
  | Iterable<readonly [string, string]>
  | Record<string, string>;

type Pair = [name: string, value: string];

/** Headers that were received: names in lower case, and nothing needs a check. */
export let receivedHeaders: (list: string[]) => Headers;
/** name, value, name, value … to be written; the names are lower-case. */
export let headerList: (headers: Headers) => readonly string[];
/** Makes every change throw, as the guard "immutable" of the standard does. */
export let freezeHeaders: (headers: Headers) => Headers;

/**
 * The Fetch standard's `Headers`, light: one flat array, nothing sorted or joined before someone asks.
 *
 * `instanceof` the platform's `Headers` holds, and the platform takes it wherever it takes a `HeadersInit`, because it
 * is iterable as one.
 */
export class Headers {
  /** name, value, name, value … in order of appending; names in lower case. */
  #list: string[] = [];
  /** What "sort and combine" makes of the list; null since the last change. */
  #sorted: readonly Pair[] | null = null;
  #immutable = false;

  /** @throws TypeError for a name that is no token, a value that is no ByteString, or an `init` of another type */
  constructor(init?: HeadersInput) {
    if (init === undefined) return;
    if (init === null || (typeof init !== "object" && typeof init !== "function"))
      throw new TypeError("Headers are made of an object, or of pairs of name and value");
    if (#list in init) this.#list = init.#list.slice();
    else if ((init as Partial<Iterable<unknown>>)[Symbol.iterator] != null) this.#appendPairs(init);
    else this.#appendRecord(init as Record<string, string>);
  }

  static {
    receivedHeaders = (list) => {
      const headers = new Headers();
      headers.#list = list;
      return headers;
    };
    headerList = (headers) => headers.#list;
    freezeHeaders = (headers) => {
      headers.#immutable = true;
      return headers;
    };
  }

  append(name: string, value: string): void {
    checkCount(arguments.length, 2);
    const key = checkName(name);
    const checked = checkValue(value);
    this.#change();
    this.#list.push(key, checked);
  }

  set(name: string, value: string): void {
    checkCount(arguments.length, 2);
    const key = checkName(name);
    const checked = checkValue(value);
    this.#change();
    const list = this.#list;
    const kept: string[] = [];
    let replaced = false;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== key) kept.push(list[i]!, list[i + 1]!);
      else if (!replaced) {
        replaced = true;
        kept.push(key, checked);
      }
    }
    if (!replaced) kept.push(key, checked);
    this.#list = kept;
  }

  delete(name: string): void {
    checkCount(arguments.length, 1);
    const key = checkName(name);
    this.#change();
    this.#list = this.#list.filter((_, i, list) => list[i - (i % 2)] !== key);
  }

  get(name: string): string | null {
    checkCount(arguments.length, 1);
    const key = checkName(name);
    const list = this.#list;
    let value: string | null = null;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== key) continue;
      value = value === null ? list[i + 1]! : combine(key, value, list[i + 1]!);
    }
    return value;
  }

  has(name: string): boolean {
    checkCount(arguments.length, 1);
    const key = checkName(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) return true;
    return false;
  }

  /** Each Set-Cookie by itself: joined they could not be told apart (RFC 6265 §3). */
  getSetCookie(): string[] {
    return this.#list.filter((_, i, list) => i % 2 === 1 && list[i - 1] === "set-cookie");
  }

  /**
   * What `getSetCookie` gives, under the older name that Bun has, too.
   * @throws TypeError for any other name
   */
  getAll(name: string): string[] {
    checkCount(arguments.length, 1);
    if (`${name}`.toLowerCase() !== "set-cookie")
      throw new TypeError(
        "Headers.getAll() gives Set-Cookie alone; get() joins the values of all other names",
      );
    return this.getSetCookie();
  }

  /** How many there are, as iteration counts them: each Set-Cookie by itself. Bun has it. */
  get count(): number {
    return this.#pairs().length;
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    if (typeof callback !== "function") throw new TypeError("forEach takes a function");
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  entries(): HeadersEntries {
    return this.#iterator((name, value) => [name, value]) as unknown as HeadersEntries;
  }

  keys(): HeadersKeys {
    return this.#iterator((name) => name) as unknown as HeadersKeys;
  }

  values(): HeadersKeys {
    return this.#iterator((_, value) => value) as unknown as HeadersKeys;
  }

  declare [Symbol.iterator]: () => HeadersEntries;

  /** An object by name, in which Set-Cookie is an array, so that `JSON.stringify` shows the headers. Bun has it. */
  toJSON(): Record<string, string | string[]> {
    const pairs: [string, string | string[]][] = this.#pairs().filter(([name]) => name !== "set-cookie");
    const cookies = this.getSetCookie();
    if (cookies.length > 0) pairs.push(["set-cookie", cookies]);
    return Object.fromEntries(pairs);
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  #iterator<T>(pick: (name: string, value: string) => T): HeadersIterator<T> {
    // Sorted now, because what is not ours must throw now.
    this.#pairs();
    return new HeadersIterator(() => this.#pairs(), pick);
  }

  /** "sort and combine" of the standard. */
  #pairs(): readonly Pair[] {
    if (this.#sorted !== null) return this.#sorted;
    const list = this.#list;
    const pairs: Pair[] = [];
    for (let i = 0; i < list.length; i += 2) pairs.push([list[i]!, list[i + 1]!]);
    pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const combined: Pair[] = [];
    for (const pair of pairs) {
      const last = combined.at(-1);
      if (last?.[0] !== pair[0] || pair[0] === "set-cookie") combined.push(pair);
      else last[1] = combine(pair[0], last[1], pair[1]);
    }
    this.#sorted = combined;
    return combined;
  }

  #appendPairs(pairs: unknown): void {
    for (const pair of pairs as Iterable<unknown>) {
      // Web IDL takes any iterable object for a sequence, and so no string.
      if (typeof pair !== "object" || pair === null)
        throw new TypeError("Headers are made of pairs of name and value");
      const entry = Array.isArray(pair) ? pair : [...(pair as Iterable<unknown>)];
      if (entry.length !== 2) throw new TypeError("Headers are made of pairs of name and value");
      this.append(entry[0] as string, entry[1] as string);
    }
  }

  /**
   * What others than proxies have can be read with less: nobody sees in which order it is looked at. Two fields take 0.4 µs, and
   * 0.8 as a proxy's.
   */
  #appendRecord(record: Readonly<Record<string | symbol, string>>): void {
    if (isProxy(record)) {
      this.#appendProxy(record);
      return;
    }
    for (const name of Object.keys(record)) this.append(name, record[name]!);
    for (const key of Object.getOwnPropertySymbols(record)) {
      if (isEnumerable.call(record, key)) throw new TypeError("A header's name must be text, not a symbol");
    }
  }

  /** Web IDL reads a record whole, each value behind its name, before the standard looks at what was read. */
  #appendProxy(record: Readonly<Record<string | symbol, string>>): void {
    const list: string[] = [];
    for (const key of Reflect.ownKeys(record)) {
      if (isEnumerable.call(record, key)) list.push(byteString(key), byteString(record[key]));
    }
    for (let i = 0; i < list.length; i += 2) this.append(list[i]!, list[i + 1]!);
  }

  #change(): void {
    if (this.#immutable) throw new TypeError("These headers are immutable");
    this.#sorted = null;
  }
}

joinPlatformClass(Headers, platform.Headers, (headers) => headers.toJSON());
// Bun's additions are members like the standard's.
for (const name of ["getAll", "count", "toJSON"])
  Object.defineProperty(Headers.prototype, name, { enumerable: true });
Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries,
  writable: true,
  configurable: true,
});

const SPACE = 0x20;

const { isProxy } = types;
const { propertyIsEnumerable: isEnumerable } = Object.prototype;

/** Web IDL's conversion: unlike String(), it throws for a symbol. */
function byteString(value: unknown): string {
  const text = `${value as string}`;
  if (/[^\x00-\xff]/.test(text)) {
    throw new TypeError(`A header must not contain a character past U+00FF, as ${JSON.stringify(text)} does`);
  }
  return text;
}

function checkCount(given: number, needed: number): void {
  if (given < needed) throw new TypeError(`${needed} arguments are needed, not ${given}`);
}

/** RFC 9110 §5.3, but cookie pairs are joined by the separator of their own grammar (RFC 6265 §5.4). */
function combine(name: string, first: string, second: string): string {
  return `${first}${name === "cookie" ? "; " : ", "}${second}`;
}

function checkName(name: string): string {
  // Unlike String(), it throws for a symbol.
  const text = `${name}`;
  if (!isToken(text)) throw new TypeError(`A header name must be a token, not ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

/** "normalize": whitespace around a value is not part of it. */
function checkValue(value: string): string {
  let text = `${value}`;
  if (text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE) {
    text = withoutOuterSpace(text);
  }
  if (/[\0\r\n]|[^\x00-\xff]/.test(text)) {
    throw new TypeError("A header value must not contain NUL, CR, LF or a character past U+00FF");
  }
  return text;
}

/** Not by a pattern that ends in `+$`: it looks at each row of blanks within the text again from each of them. */
function withoutOuterSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** HTTP whitespace: tab, line feed, carriage return, space. */
function isSpace(code: number): boolean {
  return code === SPACE || code === 0x09 || code === 0x0a || code === 0x0d;
}
