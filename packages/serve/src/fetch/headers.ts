// biome-ignore-all lint/complexity/noArguments: Web IDL counts the arguments, and tells undefined from none
import type { HeadersEntries, HeadersKeys } from "../api/fetch.ts";
import { checkCount, checkName, checkValue, combine, type Pair, readHeaders } from "./header-syntax.ts";
import { platform } from "./platform.ts";
import { joinPlatformClass } from "./web-class.ts";

/** The argument of `new Headers`: other headers, pairs of name and value, or an object of values by name. */
export type HeadersInput =
  | Headers
  | globalThis.Headers
  | Iterable<readonly [string, string]>
  | Record<string, string>;

/** Makes headers of a received list: the names are in lower case, and nothing needs a check. */
export let receivedHeaders: (list: string[]) => Headers;
/** Gives name, value, name, value …, as the response's head has them. The names are in lower case. */
export let headerList: (headers: Headers) => readonly string[];
/** Makes every change throw, as the standard's guard "immutable" does. */
export let freezeHeaders: (headers: Headers) => Headers;

/**
 * The Fetch standard's `Headers`, light: one flat array, which is sorted and joined on demand only.
 *
 * `instanceof` the platform's `Headers` holds. The platform takes this class wherever it takes a `HeadersInit`, because
 * it is iterable as one. `getAll`, `count` and `toJSON` are Bun's additions.
 */
export class Headers {
  /** name, value, name, value … in order of appending; names in lower case. */
  #list: string[] = [];
  /** The result of "sort and combine"; null after a change. */
  #sorted: readonly Pair[] | null = null;
  #immutable = false;

  /**
   * @param init other headers, pairs of name and value, or an object of values by name (Fetch standard, "fill")
   * @throws TypeError for a name that is not a token (RFC 9110 §5.1), a value with NUL, CR, LF or a character past U+00FF, or
   *   an `init` of another type
   */
  constructor(init?: HeadersInput) {
    if (init === undefined) return;
    if (init === null || (typeof init !== "object" && typeof init !== "function"))
      throw new TypeError("Headers are made of an object, or of pairs of name and value");
    if (#list in init) this.#list = init.#list.slice();
    else this.#list = checkedList(readHeaders(init));
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

  /** @throws TypeError as the constructor does, and for headers that cannot be changed; so do `set` and `delete` */
  append(name: string, value: string): void {
    checkCount(arguments.length, 2);
    // Web IDL converts all arguments before the standard checks the first.
    const nameText = `${name}`;
    const valueText = `${value}`;
    const key = checkName(nameText);
    const checked = checkValue(valueText);
    this.#change();
    this.#list.push(key, checked);
  }

  set(name: string, value: string): void {
    checkCount(arguments.length, 2);
    // Web IDL converts all arguments before the standard checks the first.
    const nameText = `${name}`;
    const valueText = `${value}`;
    const key = checkName(nameText);
    const checked = checkValue(valueText);
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

  /**
   * The values of one name, joined by ", " (RFC 9110 §5.3); those of `cookie` are joined by "; ". Null if the name is absent.
   * @throws TypeError for a name that is not a token, as `has` does
   */
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

  /** The values of `Set-Cookie`, one by one: joined values could not be split again (RFC 6265 §3). */
  getSetCookie(): string[] {
    return this.#list.filter((_, i, list) => i % 2 === 1 && list[i - 1] === "set-cookie");
  }

  /**
   * The same as `getSetCookie`, under Bun's older name.
   * @throws TypeError for any other name than `set-cookie`
   */
  getAll(name: string): string[] {
    checkCount(arguments.length, 1);
    if (`${name}`.toLowerCase() !== "set-cookie")
      throw new TypeError(
        "Headers.getAll() gives Set-Cookie alone; get() joins the values of all other names",
      );
    return this.getSetCookie();
  }

  /** The number of pairs that iteration gives: each `Set-Cookie` counts. */
  get count(): number {
    return this.#pairs().length;
  }

  /** @throws TypeError for a callback that is not a function */
  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    if (typeof callback !== "function") throw new TypeError("forEach takes a function");
    for (let i = 0; i < this.#pairs().length; i++) {
      const [name, value] = this.#pairs()[i]!;
      callback.call(thisArg, value, name, this);
    }
  }

  /** The pairs, sorted by name. The values of one name are joined, except those of `set-cookie` ("sort and combine"). */
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
  declare readonly [Symbol.toStringTag]: string;

  /** An object of values by name, for `JSON.stringify`. The value of `set-cookie` is an array. */
  toJSON(): Record<string, string | string[]> {
    const pairs: [string, string | string[]][] = this.#pairs().filter(([name]) => name !== "set-cookie");
    const cookies = this.getSetCookie();
    if (cookies.length > 0) pairs.push(["set-cookie", cookies]);
    return Object.fromEntries(pairs);
  }

  #iterator<T>(pick: (name: string, value: string) => T): HeadersIterator<T> {
    // This call throws now for an object of another class; the iterator would throw later.
    this.#pairs();
    return new HeadersIterator(() => this.#pairs(), pick);
  }

  /** The standard's "sort and combine". */
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

  #change(): void {
    if (this.#immutable) throw new TypeError("These headers are immutable");
    this.#sorted = null;
  }
}

joinPlatformClass(Headers, platform.Headers, (headers) => headers.toJSON());
// Bun's additions are enumerable, as the standard's members are.
for (const name of ["getAll", "count", "toJSON"])
  Object.defineProperty(Headers.prototype, name, { enumerable: true });
Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries,
  writable: true,
  configurable: true,
});

/** The standard's "fill" of a list that has been converted: checks its names and values in place. */
function checkedList(list: string[]): string[] {
  for (let i = 0; i < list.length; i += 2) {
    list[i] = checkName(list[i]!);
    list[i + 1] = checkValue(list[i + 1]!);
  }
  return list;
}

/** The prototype of the language's own iterators, with `[Symbol.iterator]` and, where they exist, `map` and its like. */
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;

/** Web IDL's "default iterator object". It keeps a position, and reads the current pairs at each step. */
class HeadersIterator<T> implements Iterator<T, undefined> {
  readonly #pairs: () => readonly Pair[];
  readonly #pick: (name: string, value: string) => T;
  #position = 0;

  constructor(pairs: () => readonly Pair[], pick: (name: string, value: string) => T) {
    this.#pairs = pairs;
    this.#pick = pick;
  }

  next(): IteratorResult<T, undefined> {
    const pair = this.#pairs()[this.#position];
    if (pair === undefined) return { value: undefined, done: true };
    this.#position++;
    return { value: this.#pick(pair[0], pair[1]), done: false };
  }
}

Object.setPrototypeOf(HeadersIterator.prototype, IteratorPrototype);
// Web IDL's has no constructor, and makes `next` enumerable.
Reflect.deleteProperty(HeadersIterator.prototype, "constructor");
Object.defineProperty(HeadersIterator.prototype, "next", { enumerable: true });
Object.defineProperty(HeadersIterator.prototype, Symbol.toStringTag, {
  value: "Headers Iterator",
  configurable: true,
});
