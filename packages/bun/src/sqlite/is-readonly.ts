import type { Connection, SQLiteValue } from "./backend.ts";
import { firstStatement, type SQLText } from "./sql-text.ts";

/** Opcodes of a program that writes (`sqlite3_stmt_readonly`); a transaction does with its second operand only. */
const WRITES: ReadonlySet<SQLiteValue> = new Set(["Vacuum", "JournalMode", "Checkpoint", "IncrVacuum"]);

/** SQLite decides it by the statement's program, which EXPLAIN lists. */
export function isReadonly({ sql, keyword }: SQLText, connection: Connection): boolean {
  const plain = sql.replace(/^(\s*explain)\s+query\s+plan\b/i, "$1");
  const explain = firstStatement(keyword === "EXPLAIN" ? plain : `EXPLAIN ${sql}`)!;
  const program = connection.prepare(explain);
  try {
    const none = new Array<null>(explain.parameters.length).fill(null);
    return !program
      .all(none, false)
      .some(([, opcode, , p2]) => WRITES.has(opcode!) || (opcode === "Transaction" && p2 !== 0));
  } finally {
    program.finalize();
  }
}
