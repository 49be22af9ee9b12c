/**
 * What is used of `node-sqlite3-wasm`. Its documented API has neither result codes nor rows with two columns of a name, so this also
 * names its functions of SQLite's C API and parts of its classes: the package is pinned to one version for that.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export type WasmValue = null | number | bigint | string | Uint8Array<ArrayBuffer>;

export interface WasmDatabase {
  readonly _ptr: number;
  /** Its functions, by name alone. They are freed by `close`. */
  readonly _functions: Map<unknown, number>;
  readonly inTransaction: boolean;
  prepare(sql: string): WasmStatement;
  exec(sql: string): void;
  function(name: string, call: (...args: WasmValue[]) => WasmValue, options: object): void;
  close(): void;
}

export interface WasmStatement {
  readonly _ptr: number;
  readonly isFinalized: boolean;
  _bindValue(value: WasmValue, position: number): void;
  _getColumnNames(): string[];
  /** The current row by the given keys. */
  _getRow(keys: readonly string[], expand: boolean): Record<string, WasmValue>;
  finalize(): void;
}

export interface WasmSQLite {
  readonly Database: new (path: string, options: object) => WasmDatabase;
  cwrap(name: string, result: string, parameters: readonly string[]): (...args: unknown[]) => unknown;
  _malloc(size: number): number;
  _sqlite3_step(statement: number): number;
  _sqlite3_reset(statement: number): number;
  _sqlite3_clear_bindings(statement: number): number;
  _sqlite3_bind_double(statement: number, position: number, value: number): number;
  _sqlite3_column_count(statement: number): number;
  _sqlite3_column_type(statement: number, column: number): number;
  _sqlite3_changes(database: number): number;
  _sqlite3_last_insert_rowid(database: number): bigint;
}

export function loadWasmSQLite(): WasmSQLite {
  return require("node-sqlite3-wasm") as WasmSQLite;
}
