/**
 * What is used of `node-sqlite3-wasm`. Its documented API has neither result codes nor rows with two columns of a name, so this also
 * names its functions of SQLite's C API and parts of its classes: the package is pinned to one version for that.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";

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

/** Where C code has its local variables; it grows down. */
interface WasmStack {
  pointer(): number;
  restore(pointer: number): void;
}

/**
 * The package's stack has 64 KiB, and nothing watches its end: an expression of 500 terms overwrites SQLite's own data. V8 ends a recursion
 * on its stack of 1 MB (4 MB in a thread), while C's has at most 400 KB of it (measured): this much is never used up.
 */
const STACK_BYTES = 4 << 20;

let stack: WasmStack;

export function loadWasmSQLite(): WasmSQLite {
  const path = require.resolve("node-sqlite3-wasm");
  // The package exports no functions for its stack, so what it compiles to returns them.
  const source = `${readFileSync(path, "utf8")}
return { pointer: _emscripten_stack_get_current, restore: __emscripten_stack_restore };`;
  const parameters = ["exports", "require", "module", "__filename", "__dirname"];
  const module: { exports: unknown } = { exports: {} };
  const evaluate = compileFunction(source, parameters, { filename: path }) as (
    ...args: unknown[]
  ) => WasmStack;
  stack = evaluate(module.exports, createRequire(path), module, path, dirname(path));
  const sqlite = module.exports as WasmSQLite;
  // A stack begins at a multiple of 16.
  stack.restore((sqlite._malloc(STACK_BYTES) + STACK_BYTES) & ~15);
  return sqlite;
}

/** Calls SQLite. If V8 ends the call, for example because its stack is full, C's stack is what it was. */
export function callWasm<T>(call: () => T): T {
  const pointer = stack.pointer();
  try {
    return call();
  } catch (error) {
    stack.restore(pointer);
    throw error;
  }
}

/** Whether V8 has ended a call in its midst, so that SQLite could not tidy up. */
export function isTrap(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.name === "RuntimeError");
}
