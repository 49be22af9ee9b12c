/** What the server says about a result. */
export interface ResultDetails {
  readonly count: number;
  readonly command: string | null;
  readonly lastInsertRowid: number | bigint | null;
  readonly affectedRows: number;
  readonly columns: readonly object[] | null;
  readonly statement: object | null;
}

/** The rows of a result, with what the server says about it. */
// biome-ignore lint/suspicious/noExplicitAny: the program knows its columns
export interface Rows extends Array<any>, ResultDetails {}

export class SQLResultArray extends Array<unknown> {
  declare readonly count: number;
  declare readonly command: string | null;

  /** Arrays that are made of it have no details. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** @param rows is copied */
export function makeRows(rows: readonly unknown[], details: ResultDetails): Rows {
  const result = new SQLResultArray();
  for (const row of rows) result.push(row);
  const { count, command, lastInsertRowid, affectedRows, columns, statement } = details;
  const hidden = { writable: true, configurable: true, enumerable: false };
  Object.assign(result, { count, command, lastInsertRowid, affectedRows });
  Object.defineProperties(result, {
    columns: { value: columns, ...hidden },
    statement: { value: statement, ...hidden },
  });
  return result as unknown as Rows;
}

/** The commands that write rows. */
const WRITES = new Set(["INSERT", "UPDATE", "DELETE", "MERGE", "COPY"]);

export function writesRows(command: string | null): boolean {
  return WRITES.has(command ?? "");
}
