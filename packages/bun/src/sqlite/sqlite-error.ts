import { codeName } from "./result-codes.ts";

/**
 * An error of SQLite. Its constructor throws, as Bun's does: errors come from statements. `instanceof` goes by the name, so
 * that errors of other copies of this module are found, too.
 */
export class SQLiteError extends Error {
  declare readonly name: "SQLiteError";
  /** The extended result code. */
  declare errno: number;
  /** The name of the result code, such as `SQLITE_CONSTRAINT_UNIQUE`. */
  declare code?: string;
  /** Where the token begins that the error refers to, in bytes of UTF-8 from the start of the SQL; -1 if there is none. */
  declare readonly byteOffset: number;

  constructor() {
    super();
    throw new Error("SQLiteError can only be constructed by bun:sqlite");
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return (value as { name?: unknown } | null | undefined)?.name === "SQLiteError";
  }
}

/** An error as SQLite reports it. */
export function sqliteError(message: string, errno: number, byteOffset = -1): SQLiteError {
  const error = new Error(message);
  Object.defineProperty(error, "name", { value: "SQLiteError", configurable: true, writable: true });
  for (const [key, value] of Object.entries({ code: codeName(errno), errno, byteOffset }))
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true });
  // The first line of a stack is made with the error, and needs its name.
  Error.captureStackTrace(error, sqliteError);
  return error as SQLiteError;
}

/** The same error for a text in which the statement does not stand first. */
export function movedBy(error: unknown, bytes: number): unknown {
  if (bytes === 0 || !(error instanceof SQLiteError) || error.byteOffset < 0) return error;
  Object.defineProperty(error, "byteOffset", { value: error.byteOffset + bytes });
  return error;
}
