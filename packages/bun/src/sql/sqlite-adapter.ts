/** SQLite for `SQL`, by the module `bun:sqlite`: one connection, whose queries run where they are started. */
import { viewOf } from "../base/bytes.ts";
import { type Changes, Database } from "../sqlite/index.ts";
import { firstStatement, type SQLText } from "../sqlite/sql-text.ts";
import { movedBy } from "../sqlite/sqlite-error.ts";
import type { Adapter, ReservedSession, Subscription } from "./adapter.ts";
import { closedError, SQLiteError, withoutReport } from "./errors.ts";
import type { QueryModes, StartedQuery } from "./query.ts";
import { makeRows, type Rows } from "./rows.ts";
import type { SQLiteSettings } from "./settings.ts";
import { type Dialect, JSONParameter, type Statement } from "./template.ts";

export const SQLITE: Dialect = { adapter: "sqlite", placeholder: () => "?", emptyList: "()" };

export class SQLiteAdapter implements Adapter {
  readonly dialect: Dialect = SQLITE;
  readonly #settings: SQLiteSettings;
  #database: Database | null = null;
  #closed = false;
  /** Transactions wait for each other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: SQLiteSettings) {
    this.#settings = settings;
  }

  run(statement: Statement, modes: Readonly<QueryModes>): StartedQuery {
    const run = (): Rows => execute(this.#open(), statement, modes, this.#settings);
    return { result: settled(run), cancel: () => {} };
  }

  /** The connection, once no other transaction is open. */
  async reserve(): Promise<ReservedSession> {
    const before = this.#turn;
    let release!: () => void;
    this.#turn = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    const run = (statement: Statement, modes: Readonly<QueryModes>): StartedQuery => {
      const started = this.run(statement, modes);
      started.result.catch(withoutReport);
      return started;
    };
    return { run, release };
  }

  async connect(): Promise<void> {
    this.#open();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#database?.close();
    if (this.#database !== null) this.#settings.onclose?.(new Error("Connection closed"));
  }

  listen(): Promise<Subscription> {
    return Promise.reject(new Error("LISTEN/NOTIFY is not supported by this adapter (PostgreSQL only)"));
  }

  #open(): Database {
    if (this.#closed) throw closedError("sqlite");
    if (this.#database !== null) return this.#database;
    const { filename, open, onconnect } = this.#settings;
    const { readonly = false, create = true, readwrite = true, strict, safeIntegers } = open;
    const readsOnly = readonly || !readwrite;
    try {
      this.#database = new Database(filename, {
        ...(readsOnly ? { readonly: true } : { readwrite: true, create }),
        ...(strict === undefined ? {} : { strict }),
        ...(safeIntegers === undefined ? {} : { safeIntegers }),
      });
    } catch (error) {
      const failure = sqliteError(error);
      onconnect?.(failure as Error);
      throw failure;
    }
    onconnect?.(null);
    return this.#database;
  }
}

/** Runs at once. */
function settled(run: () => Rows): Promise<Rows> {
  try {
    return Promise.resolve(run());
  } catch (error) {
    return Promise.reject(sqliteError(error));
  }
}

/**
 * Runs all statements of a text; the first one gets the values.
 * @returns the rows of the first, if it returns rows; otherwise the number of rows that all have changed
 */
function execute(
  database: Database,
  { text, values }: Statement,
  { format }: Readonly<QueryModes>,
  { transform }: SQLiteSettings,
): Rows {
  const first = firstStatement(text);
  const command = first?.keyword ?? "";
  const bindings = Array.isArray(values) ? values.map(toBinding) : [values];
  const statement = database.prepare(text);
  try {
    if (statement.columnNames.length === 0) {
      const own = statement.run(...(bindings as never[]));
      const { changes, lastInsertRowid } = runRest(database, text, first, own);
      return makeRows([], details(changes, command, lastInsertRowid, changes));
    }
    const rows = rowsOf(statement, bindings, format);
    const { from } = transform;
    const shown =
      from === undefined || format !== "objects" ? rows : rows.map((row) => renamed(row as object, from));
    const isRead = statement.readonly;
    const inserted = isRead
      ? null
      : (database.query("SELECT last_insert_rowid() AS id").get() as Inserted).id;
    runRest(database, text, first, NO_CHANGES);
    return makeRows(shown, details(rows.length, command, inserted, isRead ? 0 : rows.length));
  } finally {
    statement.finalize();
  }
}

const NO_CHANGES: Changes = { changes: 0, lastInsertRowid: 0 };

/**
 * Runs all statements but the first, which alone can have parameters.
 * @returns the changes of all
 */
function runRest(database: Database, text: string, first: SQLText | null, ofFirst: Changes): Changes {
  const sum = { ...ofFirst };
  let start = first === null ? text.length : first.sql.length;
  for (let next = firstStatement(text.slice(start)); next !== null; next = firstStatement(next.rest)) {
    try {
      if (next.parameters.length > 0)
        throw new Error("Only the first statement of a SQLite query can have parameters");
      const { changes, lastInsertRowid } = database.run(next.sql);
      sum.changes += changes;
      sum.lastInsertRowid = lastInsertRowid;
    } catch (error) {
      throw movedBy(error, Buffer.byteLength(text.slice(0, start)));
    }
    start += next.sql.length;
  }
  return sum;
}

interface Inserted {
  readonly id: number | bigint;
}

function rowsOf(
  statement: ReturnType<Database["prepare"]>,
  bindings: readonly unknown[],
  format: QueryModes["format"],
): readonly unknown[] {
  const given = bindings as never[];
  if (format === "values") return statement.values(...given);
  return format === "raw" ? statement.raw(...given) : statement.all(...given);
}

function details(
  count: number,
  command: string,
  lastInsertRowid: number | bigint | null,
  affectedRows: number,
): Parameters<typeof makeRows>[1] {
  return { count, command, lastInsertRowid, affectedRows, columns: null, statement: null };
}

function renamed(row: object, from: (name: string) => string): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [from(name), value]));
}

/** @throws TypeError for objects, arrays and dates, which SQLite has not */
function toBinding(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof JSONParameter) return JSON.stringify(value.value) ?? "null";
  if (value instanceof ArrayBuffer) return viewOf(value);
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    throw new TypeError("Binding expected string, TypedArray, boolean, number, bigint or null");
  }
  return value;
}

function sqliteError(error: unknown): unknown {
  const { code, errno, byteOffset, message, name } = error as Partial<SQLiteError>;
  if (error instanceof SQLiteError || name !== "SQLiteError" || typeof code !== "string") return error;
  return Object.assign(new SQLiteError(message ?? "", code), { errno, byteOffset });
}
