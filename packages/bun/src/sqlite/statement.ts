import type { NativeStatement, SQLiteValue } from "./backend.ts";
import type { DatabaseState } from "./database-state.ts";
import { expandedSQL } from "./expanded-sql.ts";
import { isReadonly } from "./is-readonly.ts";
import { bind, type ParameterRules } from "./parameters.ts";
import { prototypeOf, type RowShape, rawBytes, rowShape, typeName } from "./rows.ts";
import type { SQLText } from "./sql-text.ts";
import type { Changes, SQLQueryBindings } from "./types.ts";

const RERUN =
  "This iterator was invalidated: its statement was run again. Use db.prepare() to get a statement with a cursor of its own.";

/** What a statement is made of. */
export interface StatementSource {
  readonly state: DatabaseState;
  readonly native: NativeStatement;
  readonly text: SQLText;
  /** It is of `query`, so the `Database` finalizes it. */
  readonly isOwned: boolean;
}

/** A compiled statement, of `Database.query` or `Database.prepare`. */
// biome-ignore lint/suspicious/noExplicitAny: bun-types has this default: a Statement of any parameters
export class Statement<ReturnType = unknown, ParamsType extends SQLQueryBindings[] = any[]> {
  readonly #state: DatabaseState;
  readonly #native: NativeStatement;
  readonly #text: SQLText;
  readonly #isOwned: boolean;
  readonly #bound: SQLiteValue[];
  #rules: ParameterRules;
  #isFinalized = false;
  #isFreed = false;
  /** The number of runs: the newest one has the cursor. */
  #runs = 0;
  /** How rows of these names look. */
  #shape: RowShape | null = null;
  #names: readonly string[] | null = null;
  #prototype: object | null = null;

  /** @internal A `Database` makes statements. */
  constructor({ state, native, text, isOwned }: StatementSource) {
    this.#state = state;
    this.#native = native;
    this.#text = text;
    this.#isOwned = isOwned;
    const { parameters } = text;
    this.#bound = new Array<SQLiteValue>(parameters.length).fill(null);
    this.#rules = { parameters, strict: state.strict, safeIntegers: state.safeIntegers };
    if (!isOwned) state.preparedStatement();
  }

  /** The first row, or null. Without arguments the last values stay bound. */
  get(...params: ParamsType): ReturnType | null {
    this.#start(params);
    const values = this.#native.get(this.#bound, this.#rules.safeIntegers);
    return values === undefined ? null : (this.#shapeOf(values)(values) as ReturnType);
  }

  /** All rows. */
  all(...params: ParamsType): ReturnType[] {
    this.#start(params);
    const rows: unknown[] = this.#native.all(this.#bound, this.#rules.safeIntegers);
    if (rows.length === 0) return [];
    const shape = this.#shapeOf(rows[0] as SQLiteValue[]);
    for (let i = 0; i < rows.length; i++) rows[i] = shape(rows[i] as SQLiteValue[]);
    return rows as ReturnType[];
  }

  /** Runs it to its end, without rows. */
  run(...params: ParamsType): Changes {
    this.#start(params);
    return this.#native.run(this.#bound, this.#rules.safeIntegers);
  }

  /** All rows as arrays. */
  values(...params: ParamsType): (string | bigint | number | Uint8Array | null)[][] {
    this.#start(params);
    return this.#native.all(this.#bound, this.#rules.safeIntegers);
  }

  /** All rows as arrays of bytes. */
  raw(...params: ParamsType): (Uint8Array | null)[][] {
    this.#start(params);
    return this.#native.all(this.#bound, true).map((row) => row.map(rawBytes));
  }

  /** The rows one by one. A statement has one cursor: another run of it ends this one. */
  *iterate(...params: ParamsType): IterableIterator<ReturnType> {
    this.#start(params);
    const run = this.#runs;
    const rows = this.#native.iterate(this.#bound, this.#rules.safeIntegers);
    let isDone = false;
    try {
      for (;;) {
        this.#assertReady();
        if (this.#runs !== run) throw new Error(RERUN);
        const { done, value } = rows.next();
        isDone = done === true;
        if (isDone) return;
        yield this.#shapeOf(value)(value) as ReturnType;
      }
    } finally {
      const isCurrent = this.#runs === run && !this.#isFinalized && !this.#state.isReleased;
      if (!isDone && isCurrent) rows.return?.();
    }
  }

  [Symbol.iterator](): IterableIterator<ReturnType> {
    return this.iterate(...([] as unknown as ParamsType));
  }

  /** @internal Binds values without a run. */
  bind(params: unknown): void {
    bind(this.#bound, [params], this.#rules);
  }

  /** Whether integers are `bigint`s; with an argument, sets that and returns the statement. */
  safeIntegers(enabled: boolean): this;
  safeIntegers(): boolean;
  safeIntegers(enabled?: boolean): this | boolean {
    this.#assertReady();
    if (enabled === undefined) return this.#rules.safeIntegers;
    this.#rules = { ...this.#rules, safeIntegers: Boolean(enabled) };
    return this;
  }

  /** Rows become objects of the class, whose constructor is not called. `undefined` makes them plain again. */
  // biome-ignore lint/suspicious/noExplicitAny: a constructor with any parameters, as in bun-types
  as<T = unknown>(Class: new (...args: any[]) => T): Statement<T, ParamsType> {
    this.#state.calls.assertIdle();
    this.#prototype = prototypeOf(Class as unknown);
    this.#names = null;
    return this as unknown as Statement<T, ParamsType>;
  }

  get columnNames(): string[] {
    this.#assertReady();
    return [...this.#native.columnNames()];
  }

  /** The types of the values in the first row. Reading this runs the statement. */
  get columnTypes(): ("INTEGER" | "FLOAT" | "TEXT" | "BLOB" | "NULL" | null)[] {
    if (!this.readonly)
      throw new Error(
        "columnTypes is not available for non-read-only statements (INSERT, UPDATE, DELETE, etc.)",
      );
    this.#runs++;
    const values = this.#native.get(this.#bound, true);
    return this.#native.columnNames().map((_, i) => typeName(values?.[i] ?? null));
  }

  get declaredTypes(): (string | null)[] {
    this.#assertReady();
    return this.#native.declaredTypes();
  }

  get paramsCount(): number {
    this.#assertReady();
    return this.#bound.length;
  }

  /** Whether it returns rows. */
  get reader(): boolean {
    this.#assertReady();
    return this.#native.columnNames().length > 0;
  }

  /** Whether it makes no direct change to the database file. */
  get readonly(): boolean {
    this.#assertReady();
    return isReadonly(this.#text, this.#state.connection);
  }

  get isFinalized(): boolean {
    return this.#isFinalized || this.#isClosed;
  }

  /** The back end's statement. */
  get native(): object {
    return this.#native;
  }

  /** Frees it. It cannot run any more. */
  finalize(): void {
    this.#state.calls.assertIdle();
    // A statement that its database has finalized says that the database is closed.
    if (!this.#isClosed) this.#isFinalized = true;
    if (this.#isFreed) return;
    this.#isFreed = true;
    if (this.#state.isReleased) return;
    this.#native.finalize();
    if (!this.#isOwned) this.#state.finalizedStatement();
  }

  [Symbol.dispose](): void {
    this.finalize();
  }

  /** The SQL with the bound values. */
  toString(): string {
    return this.isFinalized ? "" : expandedSQL(this.#text.sql, this.#text.parameters, this.#bound);
  }

  toJSON(): { sql: string; isFinalized: boolean; paramsCount: number; columnNames: string[] } {
    const { columnNames, isFinalized, paramsCount } = this;
    return { sql: this.toString(), isFinalized, paramsCount, columnNames };
  }

  get [Symbol.toStringTag](): string {
    return JSON.stringify(this.toString());
  }

  get #isClosed(): boolean {
    return this.#state.isClosed && (this.#isOwned || this.#state.isReleased);
  }

  #assertReady(): void {
    if (this.#isFinalized) throw new Error("Statement has finalized");
    if (this.#isClosed) throw new Error("Database has closed");
    this.#state.calls.assertIdle();
  }

  #start(params: readonly unknown[]): void {
    // The common case costs three reads.
    if (this.#isFinalized || this.#state.isClosed || this.#state.calls.isBusy) this.#assertReady();
    this.#runs++;
    if (params.length > 0) bind(this.#bound, params, this.#rules);
  }

  #shapeOf(values: readonly SQLiteValue[]): RowShape {
    const names = this.#native.columnNames(values.length);
    if (names !== this.#names || this.#shape === null) {
      this.#names = names;
      this.#shape = rowShape(names, this.#prototype);
    }
    return this.#shape;
  }
}
