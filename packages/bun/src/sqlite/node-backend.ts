import { pathToFileURL } from "node:url";
import type {
  AggregateSteps,
  Backend,
  Connection,
  NativeStatement,
  OpenMode,
  SQLFunction,
  SQLiteValue,
} from "./backend.ts";
import { Calls } from "./calls.ts";
import { errorOffset } from "./error-offset.ts";
import { type DatabaseSync, loadNodeSQLite, type NodeSQLite, type StatementSync } from "./node-sqlite.ts";
import { NodeStatement, type NodeStatementHost } from "./node-statement.ts";
import { snapshotFile, snapshotOf } from "./snapshot.ts";
import { changesSchema, firstStatement, type SQLText } from "./sql-text.ts";
import { sqliteError } from "./sqlite-error.ts";

const OPTIONS = {
  enableForeignKeyConstraints: false,
  enableDoubleQuotedStringLiterals: true,
  allowExtension: true,
  defensive: true,
};

/** The back end on `node:sqlite`; null on a Node.js whose `node:sqlite` is not there, or lacks what this one needs. */
export function nodeBackend(): Backend | null {
  const sqlite = loadNodeSQLite();
  if (sqlite === null) return null;
  return {
    open: (filename, mode) => new NodeConnection(sqlite, locationOf(filename, mode), mode.readonly),
    deserialize: (bytes, isReadonly) => deserialize(sqlite, bytes, isReadonly),
  };
}

/** The name by which SQLite opens a file. Node.js allows URIs always, and has no option for a file that must exist. */
function locationOf(filename: string, { create, readonly, uri }: OpenMode): string {
  if (filename === ":memory:" || filename === "" || (uri && filename.startsWith("file:"))) return filename;
  if (!create && !readonly) return `${pathToFileURL(filename).href}?mode=rw`;
  return filename.startsWith("file:") ? `./${filename}` : filename;
}

function deserialize(sqlite: NodeSQLite, bytes: Uint8Array, isReadonly: boolean): NodeConnection {
  if ("deserialize" in sqlite.DatabaseSync.prototype) {
    const connection = new NodeConnection(sqlite, ":memory:", false);
    connection.deserialize(bytes, isReadonly);
    return connection;
  }
  const file = snapshotFile(bytes);
  return new NodeConnection(sqlite, file.path, isReadonly, file.remove);
}

/** A database of `node:sqlite`. */
export class NodeConnection implements Connection, NodeStatementHost {
  readonly calls: Calls = new Calls();
  /** Grows when names of columns may have changed. */
  schemaVersion = 0;
  /** Functions of JavaScript may have effects, so no statement runs twice. */
  hasFunctions = false;
  /** `node:sqlite` throws for them unless it reads `bigint`s. */
  hasLargeRowids = false;
  readonly #native: DatabaseSync;
  readonly #onClose: () => void;
  #lastRun: NativeStatement | null = null;

  constructor(sqlite: NodeSQLite, location: string, isReadonly: boolean, onClose: () => void = () => {}) {
    this.#onClose = onClose;
    try {
      this.#native = new sqlite.DatabaseSync(location, { ...OPTIONS, readOnly: isReadonly });
    } catch (error) {
      throw this.errorOf(error);
    }
  }

  get inTransaction(): boolean {
    return this.#native.isTransaction;
  }

  prepare(text: SQLText): NativeStatement {
    return new NodeStatement(this, this.compile(text), text);
  }

  compile({ sql }: SQLText): StatementSync {
    try {
      return this.#native.prepare(sql);
    } catch (error) {
      throw this.errorOf(error, sql);
    }
  }

  lastRun(): readonly [rowid: bigint, changes: bigint] {
    this.#lastRun ??= new NodeStatement(this, this.#native.prepare(LAST_RUN.sql), LAST_RUN);
    return this.#lastRun.get([], true) as [bigint, bigint];
  }

  /** Takes note of a statement that ran. */
  ran(keyword: string): void {
    if (changesSchema(keyword)) this.schemaVersion++;
  }

  /** An error of SQLite as a `SQLiteError`, anything else as it is. */
  errorOf(error: unknown, sql?: string): unknown {
    // What a function of the statement threw goes first: SQLite knows no more than that it failed.
    this.calls.rethrow();
    const { code, errcode, message } = (error ?? {}) as { code?: unknown; errcode?: number; message: string };
    if (code !== "ERR_SQLITE_ERROR" || errcode === undefined) return error;
    // Rolling back may restore names of columns.
    this.schemaVersion++;
    if (sql === undefined) return sqliteError(message, errcode);
    return sqliteError(
      message,
      errcode,
      errorOffset(message, sql, (part) => this.#messageOf(part)),
    );
  }

  #messageOf(sql: string): string {
    // Node.js 22 frees a statement of nothing twice.
    if (firstStatement(sql) === null) return "";
    try {
      this.#native.prepare(sql);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }

  defineFunction(definition: SQLFunction, call: (args: readonly SQLiteValue[]) => SQLiteValue): void {
    const { name, arity, deterministic, directOnly } = definition;
    const callback = (...args: SQLiteValue[]): SQLiteValue => call(args);
    // Node.js takes the number of arguments from the function.
    Object.defineProperty(callback, "length", { value: Math.max(arity, 0) });
    const options = { varargs: arity < 0, deterministic, directOnly, useBigIntArguments: true };
    this.#define(() => this.#native.function(name, options, callback));
  }

  defineAggregate(definition: SQLFunction, steps: AggregateSteps): void {
    const { name, arity, deterministic, directOnly } = definition;
    const withArity = (callback: object): object =>
      Object.defineProperty(callback, "length", { value: Math.max(arity, 0) + 1 });
    const { inverse } = steps;
    const step = (accumulator: unknown, ...args: SQLiteValue[]): unknown => steps.step(accumulator, args);
    const undo = (accumulator: unknown, ...args: SQLiteValue[]): unknown => inverse?.(accumulator, args);
    const options = {
      ...{ varargs: arity < 0, deterministic, directOnly, useBigIntArguments: true },
      start: () => steps.start(),
      step: withArity(step),
      result: (accumulator: unknown) => steps.result(accumulator),
      ...(inverse !== null && { inverse: withArity(undo) }),
    };
    this.#define(() => this.#native.aggregate(name, options));
  }

  #define(define: () => void): void {
    try {
      define();
      this.hasFunctions = true;
    } catch (error) {
      throw this.errorOf(error);
    }
  }

  loadExtension(path: string, entryPoint: string | undefined): void {
    this.#native.enableLoadExtension(true);
    try {
      if (entryPoint === undefined) this.#native.loadExtension(path);
      else this.#native.loadExtension(path, entryPoint);
    } catch (error) {
      throw new Error((error as Error).message);
    } finally {
      this.#native.enableLoadExtension(false);
    }
  }

  serialize(schema: string): Uint8Array {
    try {
      return this.#native.serialize?.(schema) ?? snapshotOf(schema, (sql) => this.#native.exec(sql));
    } catch (error) {
      // SQLite has no error for a name that no database has, so Bun takes it for a lack of memory.
      if ((error as { errcode?: number }).errcode === 0) throw new Error("Out of memory");
      throw this.errorOf(error);
    }
  }

  /** Replaces the contents, by `sqlite3_deserialize`. */
  deserialize(bytes: Uint8Array, isReadonly: boolean): void {
    this.#native.deserialize?.(bytes);
    // Node.js has no flag for it.
    if (isReadonly) this.#native.exec("PRAGMA query_only = 1");
  }

  close(): void {
    this.#native.close();
    this.#onClose();
  }
}

const LAST_RUN: SQLText = {
  sql: "SELECT last_insert_rowid(), changes()",
  rest: "",
  parameters: [],
  keyword: "SELECT",
  countsChanges: false,
  isReturning: false,
};
