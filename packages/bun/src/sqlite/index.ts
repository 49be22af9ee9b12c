/** The module `"bun:sqlite"`, over SQLite of Node.js, or in WebAssembly where Node.js has none. */
export { constants } from "./constants.ts";
export { Database, Database as default, type UpdateHook } from "./database.ts";
export { SQLiteError } from "./sqlite-error.ts";
export { Statement } from "./statement.ts";
export type {
  AggregateOptions,
  Changes,
  DatabaseOptions,
  FunctionOptions,
  SQLFunctionResult,
  SQLQueryBindings,
  Transaction,
} from "./types.ts";
/** As in Bun: compiled CommonJS reads it. */
export const __esModule = true;
