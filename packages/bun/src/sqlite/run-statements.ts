import type { SQLiteValue } from "./backend.ts";
import type { DatabaseState } from "./database-state.ts";
import { bind, countError, isRecord } from "./parameters.ts";
import { firstStatement, isBlank, type SQLText } from "./sql-text.ts";
import { movedBy } from "./sqlite-error.ts";
import type { Changes } from "./types.ts";

/** Runs all statements of a text. The first one gets the values; the changes of all are added. */
export function runStatements(state: DatabaseState, sql: string, bindings: readonly unknown[]): Changes {
  if (typeof sql !== "string") throw new Error("Expected SQL string");
  if (sql === "") throw new Error("SQL string mustn't be blank");
  let text = firstStatement(sql);
  if (text === null) throw new Error("Query contained no valid SQL statement; likely empty query.");
  let args = bindings;
  let start = 0;
  const sum: Changes = { changes: 0, lastInsertRowid: 0 };
  while (text !== null) {
    try {
      const { changes, lastInsertRowid } = runOne(state, text, args);
      sum.changes += changes;
      sum.lastInsertRowid = lastInsertRowid;
    } catch (error) {
      throw start === 0 ? error : movedBy(error, Buffer.byteLength(sql.slice(0, start)));
    }
    start += text.sql.length;
    args = [];
    text = isBlank(text.rest) ? null : firstStatement(text.rest);
  }
  return sum;
}

function runOne(state: DatabaseState, text: SQLText, args: readonly unknown[]): Changes {
  const { connection, strict, safeIntegers } = state;
  const { parameters } = text;
  const bound = new Array<SQLiteValue>(parameters.length).fill(null);
  const native = connection.prepare(text);
  try {
    if (parameters.length === 0) assertNoValues(args);
    else if (args.length > 0) bind(bound, args, { parameters, strict, safeIntegers });
    return native.run(bound, safeIntegers);
  } finally {
    native.finalize();
  }
}

/** `run` is stricter than a statement: values for a text without parameters are an error. */
function assertNoValues(args: readonly unknown[]): void {
  const [first] = args;
  if (typeof first === "object" && first !== null && !Array.isArray(first) && isRecord(first)) return;
  const values = Array.isArray(first) ? first : args;
  if (values.length > 0) throw countError(0, values.length);
}
