/** Results of the package `postgres` as Bun gives them. */
import type { Buffer } from "node:buffer";
import { bufferInOwnMemory } from "../../base/bytes.ts";
import { makeRows, type Rows, writesRows } from "../rows.ts";
import type { DoneStatement } from "./messages.ts";

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

/** @param listed the statements of a text with several: the package joins what follows a statement with rows to its result */
export function resultsOf(
  given: PackageResult | PackageResult[],
  listed: readonly DoneStatement[] | null,
): Rows[] {
  // The package has a class for one result.
  const results = given.constructor === Array ? (given as PackageResult[]) : [given as PackageResult];
  if (listed === null || listed.length < 2) {
    return results.map((result) => toRows(result, result.command, result.count ?? 0));
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
    return toRows(result, command, count);
  });
}

/** The values of rows that are bytes: the package gives parts of what it has received, with other values around them. */
export function inOwnRows(rows: Rows): void {
  for (const row of rows as unknown as (Buffer | null)[][]) {
    for (const [i, value] of row.entries()) if (value !== null) row[i] = bufferInOwnMemory(value);
  }
}

function toRows(result: PackageResult, command: string | null, count: number): Rows {
  const columns = (result.columns ?? []).map(({ name, type, table, number }) => ({
    name,
    type,
    table,
    number,
  }));
  const { statement } = result;
  return makeRows(result, {
    count,
    command,
    lastInsertRowid: null,
    affectedRows: writesRows(command) ? count : 0,
    columns,
    statement: statement ? { string: statement.string, types: statement.types, columns } : null,
  });
}
