/** The comparisons of `Bun.deepEquals` and `Bun.deepMatch`, which are those of `expect().toEqual`, `toStrictEqual` and `toMatchObject`. */
import { types } from "node:util";
import { viewOf } from "../base/bytes.ts";
import { type NestedCall, resultOf } from "../base/nested-calls.ts";

/** Pairs of `deepMatch` that have been compared, or are being compared. One that does not match ends the comparison, so all others match. */
type Seen = Map<object, Set<object>>;

/**
 * Whether two values are equal in depth.
 * @param strict tells `undefined` from nothing, and a class from another
 * @throws TypeError if one of them is not given
 */
export function deepEquals(a: unknown, ...rest: [b: unknown, strict?: boolean]): boolean {
  if ((rest as readonly unknown[]).length === 0) throw new TypeError("deepEquals() takes two values");
  const [b, strict = false] = rest;
  return resultOf(new Comparison(strict).equal(a, b));
}

/**
 * Whether an object has the properties of another, in depth.
 * @throws TypeError unless both are objects
 */
export function deepMatch(subset: unknown, object: unknown): boolean {
  if (!isObject(subset) || !isObject(object)) throw new TypeError("deepMatch() takes two objects");
  return resultOf(matches(subset, object, new Map()));
}

class Comparison {
  readonly #strict: boolean;
  /** The pairs in which the current one is. No object is in two of them. */
  readonly #above: Map<object, object> = new Map();
  /** The second object of each. */
  readonly #others: Set<object> = new Set();

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  *equal(a: unknown, b: unknown): NestedCall<boolean> {
    return atOnce(a, b) ?? (yield this.#sameObject(a as object, b as object));
  }

  *#sameObject(a: object, b: object): NestedCall<boolean> {
    // As in Bun, a circle equals one that leads back to the same pair.
    if (this.#above.has(a) || this.#others.has(b)) return this.#above.get(a) === b;
    if (tagOf(a) !== tagOf(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    if (this.#strict && classOf(a) !== classOf(b) && !(ArrayBuffer.isView(a) && ArrayBuffer.isView(b)))
      return false;
    this.#above.set(a, b);
    this.#others.add(b);
    const isEqual = yield this.#sameContent(a, b);
    this.#above.delete(a);
    this.#others.delete(b);
    return isEqual;
  }

  /** By what kinds of objects hold besides properties, or by their properties. */
  #sameContent(a: object, b: object): NestedCall<boolean> {
    if (Array.isArray(a)) return this.#sameArray(a, b as unknown[]);
    if (types.isNativeError(a)) return this.#sameError(a, b as Error);
    if (a instanceof Map) return this.#sameMap(a, b as Map<unknown, unknown>);
    if (a instanceof Set) return this.#sameSet(a, b as Set<unknown>);
    if (a instanceof Headers || a instanceof FormData) return this.equal([...a], [...(b as Headers)]);
    return this.#sameLeaf(a, b);
  }

  /** Kinds whose content is not nested. */
  *#sameLeaf(a: object, b: object): NestedCall<boolean> {
    if (types.isBoxedPrimitive(a)) return Object.is(a.valueOf(), b.valueOf());
    // As in Bun, an invalid date equals only itself.
    if (a instanceof Date) return a.getTime() === (b as Date).getTime();
    if (a instanceof RegExp || a instanceof URL || a instanceof URLSearchParams)
      return String(a) === String(b);
    if (isFloats(a)) return this.#sameFloats(a, b as Float64Array);
    if (ArrayBuffer.isView(a) || types.isAnyArrayBuffer(a))
      return viewOf(a).equals(viewOf(b as ArrayBufferView));
    return yield this.#sameProperties(a, b);
  }

  *#sameArray(a: readonly unknown[], b: readonly unknown[]): NestedCall<boolean> {
    if (this.#strict && a.length !== b.length) return false;
    const length = Math.max(a.length, b.length);
    for (let i = 0; i < length; i++) {
      if (this.#strict && i in a !== i in b) return false;
      const [ours, theirs] = [a[i], b[i]];
      if (!(atOnce(ours, theirs) ?? (yield this.#sameObject(ours as object, theirs as object)))) return false;
    }
    return true;
  }

  *#sameError(a: Error, b: Error): NestedCall<boolean> {
    return (
      a.name === b.name &&
      a.message === b.message &&
      (yield this.equal(a.cause, b.cause)) &&
      (yield this.#sameProperties(a, b))
    );
  }

  /** As in Bun, only `strict` tells -0 from 0, and takes NaN for equal to NaN. */
  #sameFloats(a: Float64Array, b: Float64Array): boolean {
    return (
      a.length === b.length && a.every((value, i) => (this.#strict ? Object.is(value, b[i]) : value === b[i]))
    );
  }

  *#sameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): NestedCall<boolean> {
    if (a.size !== b.size) return false;
    const others = new Candidates([...b.keys()]);
    for (const [key, value] of a) {
      if (b.has(key)) {
        if (!(yield this.equal(value, b.get(key)))) return false;
        continue;
      }
      let isFound = false;
      for (const other of others.for(key)) {
        isFound = (yield this.#sameObject(key as object, other)) && (yield this.equal(value, b.get(other)));
        if (isFound) break;
      }
      if (!isFound) return false;
    }
    return true;
  }

  *#sameSet(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): NestedCall<boolean> {
    if (a.size !== b.size) return false;
    const others = new Candidates([...b]);
    for (const value of a) {
      if (b.has(value)) continue;
      let isFound = false;
      for (const other of others.for(value)) {
        isFound = yield this.#sameObject(value as object, other);
        if (isFound) break;
      }
      if (!isFound) return false;
    }
    return true;
  }

  *#sameProperties(a: object, b: object): NestedCall<boolean> {
    const ours = keysOf(a);
    const theirs = keysOf(b);
    if (this.#strict && ours.length !== theirs.length) return false;
    for (const key of new Set([...ours, ...theirs])) {
      if (this.#strict && !(Object.hasOwn(a, key) && Object.hasOwn(b, key))) return false;
      const [our, their]: unknown[] = [Reflect.get(a, key), Reflect.get(b, key)];
      if (!(atOnce(our, their) ?? (yield this.#sameObject(our as object, their as object)))) return false;
    }
    return true;
  }
}

/**
 * The objects that may equal one of another collection. The search begins behind the object that was found last: two collections whose order is the
 * same are compared in linear time.
 */
class Candidates {
  readonly #objects: readonly object[];
  #next = 0;

  constructor(values: readonly unknown[]) {
    this.#objects = values.filter((value) => typeof value === "object" && value !== null) as object[];
  }

  /** Those for a value; none for a primitive value, and for a function, which equals only itself. */
  *for(value: unknown): Generator<object> {
    if (typeof value !== "object" || value === null) return;
    const { length } = this.#objects;
    for (let i = 0; i < length; i++) {
      const at = this.#next;
      this.#next = (at + 1) % length;
      yield this.#objects[at]!;
    }
  }
}

/** Whether two values are equal; null for two objects, into which one has to look. */
function atOnce(a: unknown, b: unknown): boolean | null {
  if (Object.is(a, b)) return true;
  return typeof a === "object" && a !== null && typeof b === "object" && b !== null ? null : false;
}

function* matches(subset: object, object: object, seen: Seen): NestedCall<boolean> {
  if (isKnown(seen, subset, object)) return true;
  if (Array.isArray(subset) && (!Array.isArray(object) || subset.length !== object.length)) return false;
  for (const key of keysOf(subset)) {
    if (!(key in object)) return false;
    const [a, b]: unknown[] = [Reflect.get(subset, key), Reflect.get(object, key)];
    const inDepth = isObject(a) && isObject(b) && (Array.isArray(a) || isPlain(a));
    if (!(inDepth ? yield matches(a, b, seen) : deepEquals(a, b))) return false;
  }
  return true;
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
  const symbols = Object.getOwnPropertySymbols(value);
  const isShown = (key: symbol): boolean => Object.prototype.propertyIsEnumerable.call(value, key);
  return symbols.length === 0 ? Object.keys(value) : [...Object.keys(value), ...symbols.filter(isShown)];
}
