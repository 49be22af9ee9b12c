import { constants } from "./constants.ts";

const NOT_FOUND = 12;

/**
 * `sqlite3_file_control`, which no back end has. One call of it is in every guide: it turns off the WAL files that stay, which
 * only Apple's SQLite has turned on. There is nothing to do for that one.
 * @returns the status code of SQLite
 */
export function fileControl(args: readonly unknown[], isInMemory: boolean): number {
  const [op, arg] = typeof args[0] === "string" ? args.slice(1) : args;
  if (typeof op !== "number") throw new Error("Expected number");
  if (isInMemory) return NOT_FOUND;
  if (op === constants.SQLITE_FCNTL_PERSIST_WAL && arg === 0) return 0;
  throw new Error(
    `fileControl(${op}) is not there in Mantou: no version of node:sqlite has sqlite3_file_control. Use a PRAGMA that does the same.`,
  );
}
