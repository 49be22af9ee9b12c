/** The comparisons of `Bun.deepEquals` and `Bun.deepMatch`, which are those of `expect().toEqual`, `toStrictEqual` and `toMatchObject`. */
import { types } from "node:util";
import { viewOf } from "../base/bytes.ts";

/** Pairs of `deepMatch` that have been compared, or are being compared. One that does not match ends the comparison, so all others match. */
type Seen = Map<object, Set<object>>;

/**
 * Whether two values are equal in depth.
 * @param strict tells `undefined` from nothing, and a class from another
 */
export function deepEquals(a: unknown, b: unknown, strict = false): boolean {
  return new Comparison(strict).equal(a, b);
}

/**
 * Whether an object has the properties of another, in depth.
 * @throws TypeError unless both are objects
 */
export function deepMatch(subset: unknown, object: unknown): boolean {
  if (!isObject(subset) || !isObject(object)) throw new TypeError("deepMatch() takes two objects");
  return matches(subset, object, new Map());
}

class Comparison {
  readonly #strict: boolean;
  /** The pairs in which the current one is. */
  readonly #above: { readonly a: object; readonly b: object }[] = [];

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  equal(a: unknown, b: unknown): boolean {
    if (Object.is(a, b)) return true;
    if (!isObject(a) || !isObject(b) || typeof a === "function" || typeof b === "function") return false;
    // As in Bun, a circle equals one that leads back to the same pair.
    const above = this.#above.findLast((pair) => pair.a === a || pair.b === b);
    if (above !== undefined) return above.a === a && above.b === b;
    if (tagOf(a) !== tagOf(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    if (this.#strict && classOf(a) !== classOf(b) && !(ArrayBuffer.isView(a) && ArrayBuffer.isView(b)))
      return false;
    this.#above.push({ a, b });
    const isEqual = this.#sameContent(a, b) ?? this.#sameProperties(a, b);
    this.#above.pop();
    return isEqual;
  }

  /** By what kinds of objects hold besides properties; null for other kinds. */
  #sameContent(a: object, b: object): boolean | null {
    if (Array.isArray(a)) return this.#sameArray(a, b as unknown[]);
    if (types.isBoxedPrimitive(a)) return Object.is(a.valueOf(), b.valueOf());
    // As in Bun, an invalid date equals only itself.
    if (a instanceof Date) return a.getTime() === (b as Date).getTime();
    if (a instanceof RegExp || a instanceof URL || a instanceof URLSearchParams)
      return String(a) === String(b);
    if (types.isNativeError(a))
      return (
        a.name === (b as Error).name &&
        a.message === (b as Error).message &&
        this.equal(a.cause, (b as Error).cause) &&
        this.#sameProperties(a, b)
      );
    if (isFloats(a)) return this.#sameFloats(a, b as Float64Array);
    if (ArrayBuffer.isView(a) || types.isAnyArrayBuffer(a))
      return viewOf(a).equals(viewOf(b as ArrayBufferView));
    if (a instanceof Map) return this.#sameMap(a, b as Map<unknown, unknown>);
    if (a instanceof Set) return this.#sameSet(a, b as Set<unknown>);
    if (a instanceof Headers || a instanceof FormData) return this.equal([...a], [...(b as Headers)]);
    return null;
  }

  #sameArray(a: readonly unknown[], b: readonly unknown[]): boolean {
    if (this.#strict && a.length !== b.length) return false;
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (this.#strict && i in a !== i in b) return false;
      if (!this.equal(a[i], b[i])) return false;
    }
    return true;
  }

  /** As in Bun, only `strict` tells -0 from 0, and takes NaN for equal to NaN. */
  #sameFloats(a: Float64Array, b: Float64Array): boolean {
    return (
      a.length === b.length && a.every((value, i) => (this.#strict ? Object.is(value, b[i]) : value === b[i]))
    );
  }

  #sameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
    if (a.size !== b.size) return false;
    return [...a].every(([key, value]) => {
      if (b.has(key)) return this.equal(value, b.get(key));
      return [...b].some((other) => this.equal(key, other[0]) && this.equal(value, other[1]));
    });
  }

  #sameSet(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
    return (
      a.size === b.size &&
      [...a].every((value) => b.has(value) || [...b].some((other) => this.equal(value, other)))
    );
  }

  #sameProperties(a: object, b: object): boolean {
    const ours = keysOf(a);
    const theirs = keysOf(b);
    if (this.#strict && ours.length !== theirs.length) return false;
    const keys = new Set([...ours, ...theirs]);
    for (const key of keys) {
      if (this.#strict && !(Object.hasOwn(a, key) && Object.hasOwn(b, key))) return false;
      if (!this.equal(Reflect.get(a, key), Reflect.get(b, key))) return false;
    }
    return true;
  }
}

function matches(subset: object, object: object, seen: Seen): boolean {
  if (isKnown(seen, subset, object)) return true;
  if (Array.isArray(subset) && (!Array.isArray(object) || subset.length !== object.length)) return false;
  return keysOf(subset).every((key) => {
    if (!(key in object)) return false;
    const [a, b]: unknown[] = [Reflect.get(subset, key), Reflect.get(object, key)];
    const inDepth = isObject(a) && isObject(b) && (Array.isArray(a) || isPlain(a));
    return inDepth ? matches(a, b, seen) : deepEquals(a, b);
  });
}

/** Remembers the pair. @returns whether it was known */
function isKnown(seen: Seen, a: object, b: object): boolean {
  const partners = seen.get(a) ?? new Set();
  if (partners.has(b)) return true;
  seen.set(a, partners.add(b));
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

/** Arrays of all floating-point types; `Float16Array` is new in Node.js 24. */
function isFloats(value: object): value is Float64Array {
  return /^\[object Float\d+Array\]$/.test(tagOf(value));
}

function isPlain(value: object): boolean {
  return tagOf(value) === "[object Object]";
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** The class; an object without a prototype is as good as a plain one. */
function classOf(value: object): object {
  return (Object.getPrototypeOf(value) as object | null) ?? Object.prototype;
}

function keysOf(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
