import type { NativeStatement, RunResult, SQLiteValue } from "./backend.ts";
import type { Calls } from "./calls.ts";
import type { SQLText } from "./sql-text.ts";
import type { WasmStatement as Native, WasmSQLite } from "./wasm-sqlite.ts";
import { wellFormed } from "./well-formed.ts";

type Row = SQLiteValue[];

/** What a statement needs of its connection. */
export interface WasmStatementHost {
  readonly calls: Calls;
  /**
   * Calls SQLite.
   * @throws what ends the call. If that is V8, whose stack is full, SQLite could not tidy up, and the next calls throw, too
   */
  call<T>(call: () => T): T;
  /** Grows when names of columns may have changed. */
  readonly schemaVersion: number;
  /** The declared type of a result's column, which has the given name. */
  declaredType(native: Native, column: number, name: string): string | null;
  /** What the last statement has changed. */
  changes(areCounted: boolean, big: boolean): RunResult;
  /** Takes note of a statement that ran. */
  ran(keyword: string): void;
  /** The error of a step: of a function of the program, or of SQLite. */
  failure(code: number, sql: string): unknown;
  /** Frees a statement once. */
  free(native: Native): void;
}

const ROW = 100;
const DONE = 101;
const INTEGER = 1;

/** A statement that its program has dropped is never freed by WebAssembly. */
const dropped = new FinalizationRegistry<() => void>((free) => free());

/** A statement of `node-sqlite3-wasm`. */
export class WasmStatement implements NativeStatement {
  readonly #connection: WasmStatementHost;
  readonly #sqlite: WasmSQLite;
  readonly #native: Native;
  readonly #text: SQLText;
  #names: readonly string[] | null = null;
  #namesOf = -1;
  /** The keys by which a row is read: its columns' numbers, as two may have one name. */
  #keys: readonly string[] = [];

  constructor(connection: WasmStatementHost, sqlite: WasmSQLite, native: Native, text: SQLText) {
    this.#connection = connection;
    this.#sqlite = sqlite;
    this.#native = native;
    this.#text = text;
    dropped.register(this, () => connection.free(native), this);
  }

  columnNames(count?: number): readonly string[] {
    const isStale = this.#names === null || this.#namesOf !== this.#connection.schemaVersion;
    if (isStale || (count !== undefined && this.#names!.length !== count)) {
      this.#names = this.#native._getColumnNames();
      this.#namesOf = this.#connection.schemaVersion;
    }
    return this.#names!;
  }

  /** SQLite's function for it is not in WebAssembly: it finds columns by their table, if a column keeps its name. */
  declaredTypes(): (string | null)[] {
    return this.columnNames().map((name, i) => this.#connection.declaredType(this.#native, i, name));
  }

  get(values: readonly SQLiteValue[], big: boolean): Row | undefined {
    return this.#execute(values, () => (this.#step() ? this.#row(big) : undefined));
  }

  all(values: readonly SQLiteValue[], big: boolean): Row[] {
    return this.#execute(values, () => {
      const rows: Row[] = [];
      while (this.#step()) rows.push(this.#row(big));
      return rows;
    });
  }

  run(values: readonly SQLiteValue[], big: boolean): RunResult {
    return this.#execute(values, () => {
      while (this.#step());
      return this.#connection.changes(this.#text.countsChanges, big);
    });
  }

  iterate(values: readonly SQLiteValue[], big: boolean): Iterator<Row> {
    this.#bind(values);
    return {
      next: () => {
        if (this.#step()) return { done: false, value: this.#row(big) };
        this.#end();
        return { done: true, value: undefined };
      },
      return: () => {
        this.#end();
        return { done: true, value: undefined };
      },
    };
  }

  finalize(): void {
    dropped.unregister(this);
    this.#connection.free(this.#native);
  }

  #execute<T>(values: readonly SQLiteValue[], run: () => T): T {
    this.#bind(values);
    const result = run();
    this.#end();
    return result;
  }

  #bind(values: readonly SQLiteValue[]): void {
    this.#sqlite._sqlite3_reset(this.#native._ptr);
    this.#sqlite._sqlite3_clear_bindings(this.#native._ptr);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (typeof value === "number") this.#sqlite._sqlite3_bind_double(this.#native._ptr, i + 1, value);
      else if (value !== null)
        this.#native._bindValue(typeof value === "string" ? wellFormed(value) : value, i + 1);
    }
  }

  /** @returns whether there is a row */
  #step(): boolean {
    const code = this.#connection.call(() => this.#sqlite._sqlite3_step(this.#native._ptr));
    if (code === ROW) return true;
    if (code === DONE) {
      this.#connection.calls.rethrow();
      return false;
    }
    const error = this.#connection.failure(code, this.#text.sql);
    this.#end();
    throw error;
  }

  /** Ends the run, so that it holds no lock. */
  #end(): void {
    this.#sqlite._sqlite3_reset(this.#native._ptr);
    if (!this.#text.countsChanges) this.#connection.ran(this.#text.keyword);
  }

  #row(big: boolean): Row {
    const count = this.#sqlite._sqlite3_column_count(this.#native._ptr);
    if (this.#keys.length !== count) this.#keys = Array.from({ length: count }, (_, i) => String(i));
    const row = this.#native._getRow(this.#keys, false);
    const values: Row = [];
    for (let i = 0; i < count; i++) {
      const value = row[i]!;
      if (big)
        values.push(
          this.#sqlite._sqlite3_column_type(this.#native._ptr, i) === INTEGER
            ? BigInt(value as number)
            : value,
        );
      else values.push(typeof value === "bigint" ? Number(value) : value);
    }
    return values;
  }
}
