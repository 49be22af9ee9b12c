import { types } from "node:util";
import { isBytes, viewOf } from "../base/bytes.ts";
import type { SQLiteValue } from "./backend.ts";

const WRONG_KIND = "Binding expected string, TypedArray, boolean, number, bigint or null";
const LARGEST = 2n ** 63n - 1n;

/** The parameters of a statement, and how its `Database` reads them. */
export interface ParameterRules {
  readonly parameters: readonly (string | null)[];
  /** A named parameter that an object lacks is an error. */
  readonly strict: boolean;
  /** A `bigint` beyond 64 bits is an error, and not cut. */
  readonly safeIntegers: boolean;
}

/**
 * Binds the arguments of a call: an array or the arguments themselves by their order, an object by names. What it has bound
 * before it throws stays bound, as in Bun.
 * @param bound gets the value of each parameter
 */
export function bind(bound: SQLiteValue[], args: readonly unknown[], rules: ParameterRules): void {
  const first = args[0];
  if (typeof first !== "object" || first === null) {
    bindInOrder(bound, args, rules);
  } else if (Array.isArray(first)) {
    if (first.length === 0) bound.fill(null);
    else bindInOrder(bound, first, rules);
  } else if (isRecord(first)) {
    bindByName(bound, first, rules);
  } else {
    bindInOrder(bound, args, rules);
  }
}

function bindInOrder(bound: SQLiteValue[], values: readonly unknown[], rules: ParameterRules): void {
  const { length } = bound;
  if (values.length !== length) {
    // A statement without parameters takes any arguments.
    if (length === 0) return;
    bound.fill(null);
    throw countError(length, values.length);
  }
  for (let i = 0; i < length; i++) {
    const value = values[i];
    // The common kinds come first, without a call.
    if (typeof value === "string") bound[i] = value;
    else if (typeof value === "number") bound[i] = numeric(value);
    else bound[i] = bindable(value, rules.safeIntegers, bound, i);
  }
}

/** The error of a wrong number of values. */
export function countError(expected: number, received: number): Error {
  return new Error(`SQLite query expected ${expected} values, received ${received}`);
}

function bindByName(bound: SQLiteValue[], values: object, rules: ParameterRules): void {
  bound.fill(null);
  const { parameters, strict, safeIntegers } = rules;
  for (let i = 0; i < parameters.length; i++) {
    const key = keyOf(values, parameters[i]!, i, strict);
    if (key !== null) bound[i] = bindable((values as Record<string, unknown>)[key], safeIntegers, bound, i);
    else if (strict) throw new Error(`Missing parameter "${shownName(parameters, i)}"`);
  }
}

/** The key of a parameter's value; a number counts from 0 without its prefix. With both spellings, strict mode prefers the one without a prefix. */
function keyOf(values: object, name: string | null, index: number, strict: boolean): string | null {
  if (name === null) return Object.hasOwn(values, index) ? String(index) : null;
  const bare = name.startsWith("?") ? String(index) : name.slice(1);
  const [one, two] = strict ? [bare, name] : [name, bare];
  return Object.hasOwn(values, one) ? one : Object.hasOwn(values, two) ? two : null;
}

/** Bun shows a name without its prefix, unless another parameter has a number. */
function shownName(parameters: readonly (string | null)[], index: number): string {
  const name = parameters[index];
  if (name === null || name === undefined) return `?${index + 1}`;
  return parameters.some((other) => other?.startsWith("?")) ? name : name.slice(1);
}

/** Whether an object may hold named values: Bun takes literals, instances of the program's classes, and those without a prototype. */
export function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || types.isProxy(value)) return true;
  if (isBytes(value) || types.isBoxedPrimitive(value) || value === globalThis) return false;
  if (types.isDate(value) || types.isRegExp(value) || types.isNativeError(value) || types.isPromise(value))
    return false;
  if (types.isMap(value) || types.isSet(value) || types.isWeakMap(value) || types.isWeakSet(value))
    return false;
  if (types.isGeneratorObject(value)) return false;
  // Classes of the platform, such as URL and Headers, hold their state elsewhere: nothing of theirs can be meant.
  const { name } = (value.constructor ?? Object) as { name?: string };
  return !(name !== undefined && Object.hasOwn(globalThis, name) && !ES_CLASSES.has(name));
}
/** Bun takes objects of these classes of the language. */
const ES_CLASSES: ReadonlySet<string> = new Set(["Object", "WeakRef", "FinalizationRegistry"]);

/** @throws TypeError for a kind that SQLite does not store; then the parameter is NULL, as those behind it are */
function bindable(value: unknown, safeIntegers: boolean, bound: SQLiteValue[], index: number): SQLiteValue {
  const result = sqliteValue(value, safeIntegers);
  if (result !== undefined) return result;
  bound.fill(null, index);
  throw new TypeError(WRONG_KIND);
}

/**
 * A value of JavaScript as SQLite stores it.
 * @returns undefined for a kind that SQLite does not store
 * @throws RangeError for a `bigint` beyond 64 bits, with `safeIntegers`
 */
export function sqliteValue(value: unknown, safeIntegers: boolean): SQLiteValue | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return numeric(value);
    case "bigint":
      if (safeIntegers && (value > LARGEST || value < -LARGEST - 1n))
        throw new RangeError(`BigInt value '${value}' is out of range`);
      return BigInt.asIntN(64, value);
    case "boolean":
      return value ? 1n : 0n;
    case "undefined":
      return null;
    case "object":
      return value === null ? null : blobOf(value);
    default:
      return undefined;
  }
}

/** An INTEGER as a `bigint`, and any other number. */
function numeric(value: number): number | bigint {
  return Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0) ? BigInt(value) : value;
}

/** Node.js 22 takes an empty blob without memory for NULL. */
const EMPTY = new Uint8Array(8).subarray(0, 0);

function blobOf(value: object): Uint8Array<ArrayBuffer> | undefined {
  const bytes = value instanceof Uint8Array ? value : viewOf(value);
  if (bytes === null) return undefined;
  return bytes.length === 0 ? EMPTY : (bytes as Uint8Array<ArrayBuffer>);
}
