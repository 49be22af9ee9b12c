import { codeNumber } from "./result-codes.ts";

/** The kinds of constraints by SQLite's messages: `node-sqlite3-wasm` has primary result codes only. */
const CONSTRAINTS: readonly (readonly [RegExp, string])[] = [
  [/^UNIQUE constraint failed: [^,]*\.rowid$/, "ROWID"],
  [/^UNIQUE constraint failed: /, "UNIQUE"],
  [/^NOT NULL constraint failed: /, "NOTNULL"],
  [/^CHECK constraint failed: /, "CHECK"],
  [/^FOREIGN KEY constraint failed$/, "FOREIGNKEY"],
  [/^cannot store \w+ value in \w+ column /, "DATATYPE"],
];

/**
 * The extended result code of a failure.
 * @param keyOf the columns of a table's primary key
 */
export function extendedCode(
  code: number,
  message: string,
  keyOf: (table: string) => readonly string[],
): number {
  if (/^no such collation sequence: /.test(message)) return codeNumber("ERROR", "MISSING_COLLSEQ");
  if (code !== codeNumber("CONSTRAINT")) return code;
  // Any other message is the text of a RAISE.
  const kind = CONSTRAINTS.find(([pattern]) => pattern.test(message))?.[1] ?? "TRIGGER";
  return codeNumber("CONSTRAINT", kind === "UNIQUE" && isPrimaryKey(message, keyOf) ? "PRIMARYKEY" : kind);
}

/** Both kinds of keys have one message, with the columns: `t.a, t.b`. */
function isPrimaryKey(message: string, keyOf: (table: string) => readonly string[]): boolean {
  const columns = message.replace(/^[^:]*: /, "").split(", ");
  const table = columns[0]!.slice(0, columns[0]!.lastIndexOf("."));
  const names = columns.map((column) => column.slice(table.length + 1));
  const key = keyOf(table);
  return key.length === names.length && key.every((name) => names.includes(name));
}
