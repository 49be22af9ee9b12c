/** Values of JavaScript as PostgreSQL's text, and back, as Bun converts them. */
import { Buffer } from "node:buffer";
import { wrongType } from "../../base/argument-error.ts";
import { bufferInOwnMemory, isBytes, viewOf } from "../../base/bytes.ts";
import { ArrayParameter, JSONParameter } from "../template.ts";
import { ARRAYS, delimiterOf } from "./array-types.ts";
import { parseArray } from "./parse-array.ts";

/** Types of PostgreSQL by their numbers: `SELECT oid, typname FROM pg_type`, which never change. */
const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT4 = 23;
const FLOAT8 = 701;
const NUMERIC = 1700;
const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802]);
const NUMBERS: ReadonlySet<number> = new Set([21, 23, 26, 28, 29, 700, 701]);
const TIMES: ReadonlySet<number> = new Set([1083, 1266]);
const DATES: ReadonlySet<number> = new Set([1082, 1114, 1184]);

/** A value on its way to the server, which has told the type of its parameter. */
export class Parameter {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** @param type 0 for a type that is not in the tables above */
  encode(type: number): string {
    return encode(this.#value, type);
  }

  /** The client `postgres` calls it for types that it has no function for. */
  toString(): string {
    return encode(this.#value, 0);
  }
}

/**
 * The type that is declared for a parameter; 0 leaves it to the server.
 * @throws TypeError for a value that is no parameter
 */
export function typeOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return typeOfNumber(value);
    case "bigint":
      return value >= -(2n ** 63n) && value < 2n ** 63n ? INT8 : NUMERIC;
    case "boolean":
      return BOOL;
    case "symbol":
      throw notSendable();
    case "object":
      if (value instanceof Map || value instanceof Set) throw notSendable();
      return isBytes(value) && !(value instanceof Int32Array) ? BYTEA : 0;
    default:
      return 0;
  }
}

function typeOfNumber(value: number): number {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return FLOAT8;
  return value === (value | 0) ? INT4 : INT8;
}

function notSendable(): TypeError {
  return wrongType("Unknown object is not a valid PostgreSQL type");
}

function encode(value: unknown, type: number): string {
  if (value instanceof ArrayParameter) return arrayLiteral(value.values, elementType(value, type));
  if (value instanceof JSONParameter) return jsonText(value.value);
  if (JSON_TYPES.has(type)) return jsonText(value);
  const element = ARRAYS.get(type);
  if (element !== undefined && isList(value)) return arrayLiteral(value, element);
  // PostgreSQL takes the time of a timestamp, but not with the letter T in front.
  if (value instanceof Date) return TIMES.has(type) ? value.toISOString().slice(11) : value.toISOString();
  if (isBytes(value) && (type === BYTEA || !(value instanceof Int32Array)))
    return `\\x${viewOf(value).toString("hex")}`;
  if (type === BYTEA && typeof value === "string") return `\\x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return String(value);
  return isPlain(value) ? jsonText(value) : String(value);
}

/** The declared element type counts; `JSON` and `JSONB` name the types whose elements are encoded as JSON. */
function elementType({ arrayType }: ArrayParameter, type: number): number {
  if (arrayType !== undefined && /^jsonb?$/i.test(arrayType)) return 3802;
  return ARRAYS.get(type) ?? 0;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Int32Array;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return value.toString === undefined || value.toString === Object.prototype.toString;
}

function jsonText(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each)) ?? "null"
  );
}

function arrayLiteral(values: ArrayLike<unknown>, element: number): string {
  const isJSON = JSON_TYPES.has(element);
  const items = Array.from(values, (value) => {
    if (value === undefined || (value === null && !isJSON)) return "NULL";
    if (isList(value)) return arrayLiteral(value, element);
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
      return String(value);
    return `"${encode(value, element).replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${items.join(delimiterOf(element))}}`;
}

/** Functions for the client `postgres`: by type, those that encode parameters and those that read results. */
export function typeFunctions(bigint: boolean): {
  serializers: Record<number, (value: unknown) => unknown>;
  parsers: Record<number, (text: string) => unknown>;
} {
  const serializers: Record<number, (value: unknown) => unknown> = {};
  const parsers: Record<number, (text: string) => unknown> = {};
  const scalars = [BOOL, BYTEA, INT8, NUMERIC, 25, 1042, 1043, ...JSON_TYPES, ...NUMBERS, ...DATES, ...TIMES];
  for (const type of [...scalars, ...ARRAYS.keys()]) {
    serializers[type] = (value) => (value instanceof Parameter ? value.encode(type) : value);
  }
  for (const type of [...scalars, ...ARRAYS.values()]) {
    const parse = parserOf(type, bigint);
    if (parse !== null) parsers[type] = parse;
  }
  for (const [type, element] of ARRAYS) {
    const parse = parserOf(element, bigint) ?? ((text: string) => text);
    parsers[type] = (text) => parseArray(text, parse, delimiterOf(element));
  }
  return { serializers, parsers };
}

function parserOf(type: number, bigint: boolean): ((text: string) => unknown) | null {
  if (NUMBERS.has(type)) return Number;
  if (JSON_TYPES.has(type)) return JSON.parse;
  if (DATES.has(type)) return parseDate;
  if (type === BOOL) return (text) => text === "t";
  if (type === BYTEA) return (text) => bufferInOwnMemory(Buffer.from(text.slice(2), "hex"));
  return type === INT8 && bigint ? BigInt : null;
}

/** Dates and timestamps without a zone are UTC; years before Christ are no valid dates, and `infinity` is a number. */
function parseDate(text: string): Date | number {
  if (text.endsWith("infinity"))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const match =
    /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?)(?:([+-]\d\d)(?::?(\d\d))?(?::\d\d)?)?)?$/.exec(
      text,
    );
  if (match === null) return new Date(Number.NaN);
  const [, year, month, day, time = "00:00:00", hours = "+00", minutes = "00"] = match;
  const shown = year!.length > 4 ? `+${year!.padStart(6, "0")}` : year;
  return new Date(`${shown}-${month}-${day}T${time}${hours}:${minutes}`);
}
