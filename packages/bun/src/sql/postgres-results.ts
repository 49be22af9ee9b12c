/** Results of the package `postgres` as Bun gives them. */
import { Buffer } from "node:buffer";
import type { DoneStatement } from "./postgres-messages.ts";
import type { RowFormat } from "./query.ts";
import { makeRows, type Rows, writesRows } from "./rows.ts";

interface Column {
  readonly name: string;
  readonly type: number;
  readonly table: number;
  readonly number: number;
}

/** A result of the package: an array of rows with details. */
export interface PackageResult extends Array<unknown> {
  readonly count: number | null;
  readonly command: string | null;
  readonly columns?: readonly Column[] | null;
  readonly statement?: { string: string; types: number[] } | null;
}

const BOOL = 16;
const BYTEA = 17;
const INT4 = 23;
const FLOAT4 = 700;
const FLOAT8 = 701;
const INT4_ARRAY = 1007;
const FLOAT4_ARRAY = 1021;

/** @param listed the statements of a text with several: the package joins what follows a statement with rows to its result */
export function resultsOf(
  given: PackageResult | PackageResult[],
  listed: readonly DoneStatement[] | null,
  isBinary: boolean,
  format: RowFormat,
): Rows[] {
  // The package has a class for one result.
  const results = given.constructor === Array ? (given as PackageResult[]) : [given as PackageResult];
  if (listed === null || listed.length < 2) {
    return results.map((result) => toRows(result, result.command, result.count ?? 0, isBinary, format));
  }
  // The first result is empty if no rows are the first statement's.
  const withRows = listed[0]!.hasRows ? results : results.slice(1);
  let next = 0;
  return listed.map(({ tag, hasRows }) => {
    const result = hasRows
      ? withRows[next++]!
      : (Object.assign([], { columns: [] }) as unknown as PackageResult);
    const count = Number(/ (\d+)$/.exec(tag)?.[1] ?? 0);
    const command = tag.replace(/(?: \d+)+$/, "");
    return toRows(result, command, count, isBinary, format);
  });
}

function toRows(
  result: PackageResult,
  command: string | null,
  count: number,
  isBinary: boolean,
  format: RowFormat,
): Rows {
  const columns = (result.columns ?? []).map(({ name, type, table, number }) => ({
    name,
    type,
    table,
    number,
  }));
  const { statement } = result;
  const rows = isBinary ? asBinary(result, columns, format) : result;
  return makeRows(rows, {
    count,
    command,
    lastInsertRowid: null,
    affectedRows: writesRows(command) ? count : 0,
    columns,
    statement: statement ? { string: statement.string, types: statement.types, columns } : null,
  });
}

/** The package gets text. In Bun these types have other values in the binary format. */
function asBinary(rows: unknown[], columns: readonly Column[], format: RowFormat): unknown[] {
  const convert = format === "raw" ? toBytes : toTyped;
  const changed = columns.flatMap(({ name, type }, i) => {
    const change = convert(type);
    return change === null ? [] : [{ key: format === "objects" ? name : i, change }];
  });
  if (changed.length === 0) return rows;
  for (const row of rows as Record<string | number, unknown>[]) {
    for (const { key, change } of changed) {
      const value = row[key];
      if (value !== null && value !== undefined) row[key] = change(value as never);
    }
  }
  return rows;
}

function toTyped(type: number): ((value: never) => unknown) | null {
  if (type === FLOAT4) return Math.fround;
  if (type === INT4_ARRAY) return (list: unknown[]) => (isFlat(list) ? Int32Array.from(list) : list);
  if (type === FLOAT4_ARRAY)
    return (list: unknown[]) => (isFlat(list) ? Float32Array.from(list) : rounded(list));
  return null;
}

/** Neither NULL nor a list is in it. */
function isFlat(list: unknown[]): list is number[] {
  return list.every((value) => typeof value === "number");
}

function rounded(list: unknown[]): unknown[] {
  return list.map((value) =>
    Array.isArray(value) ? rounded(value) : typeof value === "number" ? Math.fround(value) : value,
  );
}

/** `.raw()`: the bytes of the binary format, from those of the text. */
function toBytes(type: number): ((text: Buffer) => Buffer) | null {
  switch (type) {
    case BOOL:
      return (text) => Buffer.from([text[0] === 0x74 ? 1 : 0]);
    case BYTEA:
      return (text) => Buffer.from(text.toString("latin1", 2), "hex");
    case INT4:
      return (text) => bytesOf(4, (bytes) => bytes.writeInt32BE(Number(text)));
    case FLOAT4:
      return (text) => bytesOf(4, (bytes) => bytes.writeFloatBE(Number(text)));
    case FLOAT8:
      return (text) => bytesOf(8, (bytes) => bytes.writeDoubleBE(Number(text)));
    default:
      return null;
  }
}

function bytesOf(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}
