import type { Buffer } from "node:buffer";
import { isBytes, viewOf } from "../base/bytes.ts";
import { DatabaseState } from "./database-state.ts";
import { fileControl } from "./file-control.ts";
import { openBytes, openFile } from "./open-connection.ts";
import { openOptions } from "./open-options.ts";
import { QueryCache } from "./query-cache.ts";
import { runStatements } from "./run-statements.ts";
import { firstStatement } from "./sql-text.ts";
import { Statement } from "./statement.ts";
import { transactionOf } from "./transaction.ts";
import type {
  AggregateOptions,
  Changes,
  DatabaseOptions,
  FunctionOptions,
  SQLFunctionResult,
  SQLQueryBindings,
  Transaction,
} from "./types.ts";
import { refuseHook } from "./update-hook.ts";
import { aggregateOf, scalarOf } from "./user-function.ts";

let handles = 0;

/** The type of `onInsert`, `onUpdate` and `onDelete`. */
export type UpdateHook = (
  this: Database,
  database: Database,
  tableName: string,
  rowid: number | bigint,
  schemaName: string,
) => void;

/** A database of SQLite: a file, or memory. */
export class Database {
  /** The most statements that `query` keeps for a `Database`. */
  static MAX_QUERY_CACHE_SIZE = 20;

  /** The name that the constructor was given. */
  readonly filename: string;
  readonly #handle: number = handles++;
  readonly #state: DatabaseState;
  readonly #queries = new QueryCache();

  /**
   * Opens or makes a database.
   * @param filename of a file; `:memory:`, nothing or `""` for a database in memory
   * @param options also flags of `constants`
   */
  constructor(filename?: string, options?: number | DatabaseOptions);
  constructor(filename: unknown = ":memory:", options?: number | DatabaseOptions) {
    const read = openOptions(options);
    if (isBytes(filename)) {
      this.filename = ":memory:";
      this.#state = new DatabaseState(openBytes(filename, read.readonly), read);
      return;
    }
    if (typeof filename !== "string")
      throw new TypeError(`Expected 'filename' to be a string, got '${typeof filename}'`);
    this.filename = filename.trim();
    this.#state = new DatabaseState(openFile(this.filename, read), read);
  }

  /** The same as the constructor. */
  static open(filename: string, options?: number | DatabaseOptions): Database {
    return new Database(filename, options);
  }

  /** A database in memory with the contents that `serialize` gave. */
  static deserialize(
    serialized: ArrayBufferView | ArrayBufferLike,
    options?: boolean | Pick<DatabaseOptions, "readonly" | "strict" | "safeIntegers">,
  ): Database {
    if (!isBytes(serialized)) {
      const message = `Expected 'serialized' to be a TypedArray or ArrayBuffer, got '${typeof serialized}'`;
      throw new TypeError(message);
    }
    const given = typeof options === "boolean" ? { readonly: options } : options;
    return new Database(serialized as unknown as string, given);
  }

  /** @returns false: SQLite is part of Node.js, or in WebAssembly, as it is part of Bun except on macOS */
  static setCustomSQLite(path: string): boolean {
    if (typeof path !== "string") throw new Error("Expected SQLite path");
    return false;
  }

  /** A number that no other `Database` of the process has. */
  get handle(): number {
    this.#state.calls.assertIdle();
    return this.#handle;
  }

  get inTransaction(): boolean {
    this.#state.assertOpen();
    return this.#state.connection.inTransaction;
  }

  /** Runs all statements of the text. The first one gets the values. */
  run<ParamsType extends SQLQueryBindings[]>(sql: string, ...bindings: ParamsType[]): Changes {
    return runStatements(this.#open(), sql, bindings);
  }

  /** The same as `run`. */
  exec<ParamsType extends SQLQueryBindings[]>(sql: string, ...bindings: ParamsType[]): Changes {
    return this.run(sql, ...bindings);
  }

  /** Compiles the first statement of the text, or gets the one that was compiled for the same text before. */
  query<ReturnType, ParamsType extends SQLQueryBindings | SQLQueryBindings[]>(
    sql: string,
  ): Statement<ReturnType, ParamsType extends SQLQueryBindings[] ? ParamsType : [ParamsType]> {
    if (typeof sql !== "string") throw new TypeError(`Expected 'query' to be a string, got '${typeof sql}'`);
    if (sql === "") throw new Error("SQL query cannot be empty.");
    this.#state.calls.assertIdle();
    let statement = this.#queries.get(sql);
    if (statement === undefined) {
      statement = this.#compile(sql, true);
      this.#queries.add(sql, statement, Database.MAX_QUERY_CACHE_SIZE);
    }
    return statement as Statement<ReturnType, never>;
  }

  /** Compiles the first statement of the text. */
  prepare<ReturnType, ParamsType extends SQLQueryBindings | SQLQueryBindings[]>(
    sql: string,
    params?: ParamsType,
  ): Statement<ReturnType, ParamsType extends SQLQueryBindings[] ? ParamsType : [ParamsType]> {
    if (typeof sql !== "string") throw new Error("Expected SQL string");
    const statement = this.#compile(sql, false);
    if (params !== undefined) statement.bind(params);
    return statement as Statement<ReturnType, never>;
  }

  #compile(sql: string, isOwned: boolean): Statement {
    const state = this.#state;
    if (state.isClosed) throw new RangeError("Cannot use a closed database");
    state.calls.assertIdle();
    const text = firstStatement(sql);
    if (text === null) throw new RangeError("Invalid SQL statement");
    return new Statement({ state, native: state.connection.prepare(text), text, isOwned });
  }

  /** Finalizes the statements that `query` keeps. */
  clearQueryCache(): void {
    this.#state.calls.assertIdle();
    this.#queries.finalize();
  }

  /** A function that runs in a transaction: what it throws undoes it. Within another transaction it is a savepoint. */
  transaction<A extends unknown[], T>(insideTransaction: (...args: A) => T): Transaction<A, T> {
    if (typeof insideTransaction !== "function")
      throw new TypeError("Expected first argument to be a function");
    if (this.#state.isClosed) throw new RangeError("Cannot use a closed database");
    return transactionOf(this, this.#state, insideTransaction);
  }

  /** Defines a function that SQL can call. */
  // biome-ignore lint/suspicious/noExplicitAny: the program knows the types of its columns
  function(name: string, fn: (...args: any[]) => SQLFunctionResult): this;
  // biome-ignore lint/suspicious/noExplicitAny: the program knows the types of its columns
  function(name: string, options: FunctionOptions, fn: (...args: any[]) => SQLFunctionResult): this;
  function(name: string, ...rest: unknown[]): this {
    const { calls, connection, safeIntegers } = this.#open();
    const { definition, call } = scalarOf(calls, safeIntegers, name, ...rest);
    connection.defineFunction(definition, call);
    return this;
  }

  /** Defines an aggregate function; with `inverse` it is a window function, too. */
  // biome-ignore lint/suspicious/noExplicitAny: the accumulator's type, as in bun-types
  aggregate<T = any>(name: string, options: AggregateOptions<T>): this {
    const { calls, connection, safeIntegers } = this.#open();
    const { definition, call } = aggregateOf(calls, safeIntegers, name, options);
    connection.defineAggregate(definition, call);
    return this;
  }

  get onInsert(): UpdateHook | null {
    return null;
  }
  set onInsert(hook: UpdateHook | null | undefined) {
    refuseHook(this.#state, "onInsert", hook);
  }
  get onUpdate(): UpdateHook | null {
    return null;
  }
  set onUpdate(hook: UpdateHook | null | undefined) {
    refuseHook(this.#state, "onUpdate", hook);
  }
  get onDelete(): UpdateHook | null {
    return null;
  }
  set onDelete(hook: UpdateHook | null | undefined) {
    refuseHook(this.#state, "onDelete", hook);
  }

  /** The database's contents. */
  serialize(name = "main"): Buffer {
    this.#assertUsable();
    return viewOf(this.#state.connection.serialize(String(name)));
  }

  loadExtension(extension: string, entryPoint?: string): void {
    this.#assertUsable();
    if (typeof extension !== "string") throw new TypeError("Expected string");
    this.#state.connection.loadExtension(extension, entryPoint);
  }

  /** `sqlite3_file_control`, as far as it is there: turning off `SQLITE_FCNTL_PERSIST_WAL`. */
  fileControl(op: number, arg?: ArrayBufferView | number | null): number;
  fileControl(zDbName: string, op: number, arg?: ArrayBufferView | number | null): number;
  fileControl(...args: unknown[]): number {
    this.#state.calls.assertIdle();
    // As in Bun, there is no status of a closed database.
    if (this.#state.isClosed) return undefined as unknown as number;
    return fileControl(args, this.filename === ":memory:" || this.filename === "");
  }

  /** Ends it. Statements of `prepare` go on, unless `throwOnError` is set. */
  close(throwOnError = false): void {
    this.#state.calls.assertIdle();
    this.#state.isClosed = true;
    this.#queries.finalize();
    this.#state.release(Boolean(throwOnError));
  }

  [Symbol.dispose](): void {
    this.close(true);
  }

  #open(): DatabaseState {
    this.#state.assertOpen();
    return this.#state;
  }

  #assertUsable(): void {
    if (this.#state.isClosed) throw new Error("Can't do this on a closed database");
    this.#state.calls.assertIdle();
  }
}

// Libraries tell by it which API they got.
Object.defineProperty(Database.prototype, Symbol.for("sqlite-type"), {
  value: "bun:sqlite",
  configurable: true,
});
