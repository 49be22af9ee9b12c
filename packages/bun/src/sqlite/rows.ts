import type { SQLiteValue } from "./backend.ts";

/** Makes a row's object of its values. */
export type RowShape = (values: readonly SQLiteValue[]) => object;

/**
 * How the rows of a statement look: plain objects, or objects of a class. Of two columns with one name the last one counts.
 * @param prototype of the class, whose constructor is not called
 */
export function rowShape(names: readonly string[], prototype: object | null): RowShape {
  // Assigning these would call a setter.
  const isPlain = !names.some((name) => name in (prototype ?? Object.prototype));
  if (!isPlain) return (values) => definedRow(names, values, prototype ?? Object.prototype);
  if (prototype !== null) return (values) => filled(Object.create(prototype) as Row, names, values);
  return (values) => filled({}, names, values);
}

type Row = Record<string, SQLiteValue>;

function filled(row: Row, names: readonly string[], values: readonly SQLiteValue[]): Row {
  for (let i = 0; i < names.length; i++) row[names[i]!] = values[i]!;
  return row;
}

function definedRow(names: readonly string[], values: readonly SQLiteValue[], prototype: object): object {
  const row = Object.create(prototype) as object;
  for (let i = 0; i < names.length; i++) {
    const descriptor = { value: values[i], writable: true, enumerable: true, configurable: true };
    Object.defineProperty(row, names[i]!, descriptor);
  }
  return row;
}

/** Rounds the integers of a row, in place. */
export function roundIntegers(values: SQLiteValue[]): SQLiteValue[] {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "bigint") values[i] = Number(value);
  }
  return values;
}

/** A value's bytes: text in UTF-8, numbers as 8 bytes in the order of x86 and ARM. */
export function rawBytes(value: SQLiteValue): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === "string") return new TextEncoder().encode(value);
  const bytes = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") bytes.setBigInt64(0, value, true);
  else bytes.setFloat64(0, value, true);
  return new Uint8Array(bytes.buffer);
}

/** The name of SQLite's type of a value that was read with `bigint`s for integers. */
export function typeName(value: SQLiteValue): "INTEGER" | "FLOAT" | "TEXT" | "BLOB" | "NULL" {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return "INTEGER";
  if (typeof value === "number") return "FLOAT";
  return typeof value === "string" ? "TEXT" : "BLOB";
}

/**
 * The prototype of the rows of a class; null for plain objects.
 * @throws TypeError for a value that is no class
 */
export function prototypeOf(Class: unknown): object | null {
  if (Class === undefined) return null;
  if ((typeof Class !== "object" && typeof Class !== "function") || Class === null)
    throw new TypeError("Expected class to be a constructor or undefined");
  if (typeof Class !== "function" || !Object.hasOwn(Class, "prototype"))
    throw new TypeError("Expected a constructor");
  const prototype = Class.prototype as unknown;
  if (typeof prototype !== "object" || prototype === null)
    throw new TypeError("Expected a constructor prototype to be an object");
  return prototype === Object.prototype ? null : prototype;
}
