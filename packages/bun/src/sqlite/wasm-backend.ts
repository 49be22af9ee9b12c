import type {
  Backend,
  Connection,
  NativeStatement,
  OpenMode,
  RunResult,
  SQLFunction,
  SQLiteValue,
} from "./backend.ts";
import { Calls } from "./calls.ts";
import { errorOffset } from "./error-offset.ts";
import { codeNumber } from "./result-codes.ts";
import { snapshotFile, snapshotOf } from "./snapshot.ts";
import { changesSchema, firstStatement, type SQLText } from "./sql-text.ts";
import { type SQLiteError, sqliteError } from "./sqlite-error.ts";
import { warnOfWAL } from "./wal-warning.ts";
import { extendedCode } from "./wasm-errors.ts";
import {
  callWasm,
  isTrap,
  loadWasmSQLite,
  type WasmDatabase,
  type WasmStatement as WasmNative,
  type WasmSQLite,
  type WasmValue,
} from "./wasm-sqlite.ts";
import { WasmStatement, type WasmStatementHost } from "./wasm-statement.ts";
import { wellFormed } from "./well-formed.ts";

const SINCE = "Node.js 22.16 or newer";

/** The back end for a Node.js without `node:sqlite`. */
export function wasmBackend(): Backend {
  const sqlite = loadWasmSQLite();
  return {
    open: (filename, mode) => new WasmConnection(sqlite, filename, mode),
    deserialize(bytes, isReadonly) {
      const file = snapshotFile(bytes);
      return new WasmConnection(
        sqlite,
        file.path,
        { readonly: isReadonly, create: false, uri: false },
        file.remove,
      );
    },
  };
}

/** A database of `node-sqlite3-wasm`. */
export class WasmConnection implements Connection, WasmStatementHost {
  readonly calls: Calls = new Calls();
  /** Grows when names of columns may have changed. */
  schemaVersion = 0;
  readonly #sqlite: WasmSQLite;
  readonly #native: WasmDatabase;
  readonly #onClose: () => void;
  readonly #statements = new Set<WasmNative>();
  #isBroken = false;

  constructor(sqlite: WasmSQLite, path: string, mode: OpenMode, onClose: () => void = () => {}) {
    this.#sqlite = sqlite;
    this.#onClose = onClose;
    try {
      this.#native = new sqlite.Database(path, { fileMustExist: !mode.create, readOnly: mode.readonly });
    } catch {
      throw sqliteError("unable to open database file", codeNumber("CANTOPEN"));
    }
    // Foreign keys are on in this build of SQLite.
    this.#native.exec("PRAGMA foreign_keys = 0");
  }

  get inTransaction(): boolean {
    return this.#native.inTransaction;
  }

  prepare(text: SQLText): NativeStatement {
    const sql = wellFormed(text.sql);
    warnOfWAL(sql, SINCE);
    const native = this.#compile(sql);
    this.#statements.add(native);
    return new WasmStatement(this, this.#sqlite, native, text);
  }

  call<T>(call: () => T): T {
    if (this.#isBroken) {
      throw sqliteError(
        "SQLite has broken off at an earlier statement: open the database again",
        codeNumber("ABORT"),
      );
    }
    try {
      return callWasm(call);
    } catch (error) {
      this.#isBroken = isTrap(error);
      throw error;
    }
  }

  #compile(sql: string): WasmNative {
    try {
      return this.call(() => this.#native.prepare(sql));
    } catch (error) {
      if (this.#isBroken) throw error;
      const { message } = error as Error;
      // This build refuses "text" in double quotes, which other builds and Bun take for a string if there is no such column.
      const misquoted = /^no such column: (".*") - should this be a string literal/s.exec(message)?.[1];
      const at = misquoted === undefined ? -1 : sql.indexOf(misquoted);
      if (misquoted !== undefined && at >= 0) {
        const literal = `'${misquoted.slice(1, -1).replaceAll("'", "''")}'`;
        return this.#compile(sql.slice(0, at) + literal + sql.slice(at + misquoted.length));
      }
      const offset = errorOffset(message, sql, (part) => this.#messageOf(part));
      throw sqliteError(message, this.#extended(this.#codeOfPreparing(sql), message), offset);
    }
  }

  /** Frees a statement once. */
  free(native: WasmNative): void {
    if (!this.#statements.delete(native)) return;
    try {
      callWasm(() => native.finalize());
    } catch {
      // SQLite repeats the error of the last run, which the program has got.
    }
  }

  changes(areCounted: boolean, big: boolean): RunResult {
    const rowid = this.#sqlite._sqlite3_last_insert_rowid(this.#native._ptr);
    const changes = areCounted ? this.#sqlite._sqlite3_changes(this.#native._ptr) : 0;
    return { changes, lastInsertRowid: big ? rowid : Number(rowid) };
  }

  /** Takes note of a statement that ran. */
  ran(keyword: string): void {
    if (changesSchema(keyword)) this.schemaVersion++;
  }

  /** The error of a step: of a function of the program, or of SQLite. */
  failure(code: number, sql: string): unknown {
    this.schemaVersion++;
    const message = this.#errorMessage();
    try {
      this.calls.rethrow();
    } catch (error) {
      return error;
    }
    const offset = errorOffset(message, sql, (part) => this.#messageOf(part));
    return sqliteError(message, this.#extended(code, message), offset);
  }

  #extended(code: number, message: string): number {
    return extendedCode(code, message, (table) => this.#primaryKey(table));
  }

  #errorMessage(): string {
    return this.#sqlite.cwrap("sqlite3_errmsg", "string", ["number"])(this.#native._ptr) as string;
  }

  /** Compiles again what has failed, since the class tells no code. */
  #codeOfPreparing(sql: string): number {
    const prepare = this.#sqlite.cwrap("sqlite3_prepare_v2", "number", [
      "number",
      "string",
      "number",
      "number",
      "number",
    ]);
    outPointer ??= this.#sqlite._malloc(4);
    return prepare(this.#native._ptr, sql, -1, outPointer, 0) as number;
  }

  #messageOf(sql: string): string {
    try {
      this.#native.prepare(sql).finalize();
      return "";
    } catch (error) {
      return (error as SQLiteError).message;
    }
  }

  #primaryKey(table: string): readonly string[] {
    const rows = this.#select("SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0", [table]);
    return rows.map(([name]) => name as string);
  }

  declaredType(native: WasmNative, column: number, name: string): string | null {
    const tableOf = this.#sqlite.cwrap("sqlite3_column_table_name", "string", ["number", "number"]);
    const table = tableOf(native._ptr, column) as string;
    const types = this.#select("SELECT type FROM pragma_table_xinfo(?) WHERE name = ?", [table, name]);
    return (types[0]?.[0] as string | undefined) || null;
  }

  #select(sql: string, values: readonly SQLiteValue[]): SQLiteValue[][] {
    const statement = this.prepare(firstStatement(sql)!);
    try {
      return statement.all(values, false);
    } finally {
      statement.finalize();
    }
  }

  defineFunction(definition: SQLFunction, call: (args: readonly SQLiteValue[]) => SQLiteValue): void {
    const { name, arity, deterministic, directOnly } = definition;
    if (directOnly) throw new Error(`directOnly needs ${SINCE}`);
    const callback = (...args: WasmValue[]): WasmValue => {
      try {
        // The package gives integers as numbers. With `safeIntegers`, a REAL without a fraction is a bigint, too.
        return call(args.map((value) => (Number.isSafeInteger(value) ? BigInt(value as number) : value)));
      } catch {
        // The program gets what was thrown from `calls`. The package expects an object here.
        throw new Error("A function failed");
      }
    };
    Object.defineProperty(callback, "length", { value: arity });
    this.#native.function(name, callback, { deterministic });
    // By its name alone the package would free it when another one with more arguments is defined.
    const functions = this.#native._functions;
    functions.set(callback, functions.get(name)!);
    functions.delete(name);
  }

  defineAggregate(): void {
    throw new Error(`aggregate() needs ${SINCE}`);
  }

  loadExtension(): void {
    throw new Error(`loadExtension() needs ${SINCE}`);
  }

  serialize(schema: string): Uint8Array {
    return snapshotOf(schema, (sql) => void this.#select(sql, []));
  }

  close(): void {
    for (const native of this.#statements) this.free(native);
    try {
      callWasm(() => this.#native.close());
    } catch (error) {
      if (!this.#isBroken) throw error;
    }
    this.#onClose();
  }
}

/** Memory for the result of compiling, which is null for what fails. */
let outPointer: number | undefined;
