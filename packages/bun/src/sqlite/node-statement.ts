import type { NativeStatement, RunResult, SQLiteValue } from "./backend.ts";
import type { Calls } from "./calls.ts";
import type { StatementSync } from "./node-sqlite.ts";
import { roundIntegers } from "./rows.ts";
import type { SQLText } from "./sql-text.ts";

type Row = SQLiteValue[];

/** What a statement needs of its connection. */
export interface NodeStatementHost {
  readonly calls: Calls;
  /** Grows when names of columns may have changed. */
  readonly schemaVersion: number;
  /** Functions of JavaScript may have effects, so no statement runs twice. */
  readonly hasFunctions: boolean;
  compile(text: SQLText): StatementSync;
  /** Whether rowids beyond 53 bits have been seen. */
  hasLargeRowids: boolean;
  /** The rowid that was inserted last, and the number of changes by the statement that ran last. */
  lastRun(): readonly [rowid: bigint, changes: bigint];
  /** Takes note of a statement that ran. */
  ran(keyword: string): void;
  /** An error of SQLite as a `SQLiteError`, anything else as it is. */
  errorOf(error: unknown, sql: string): unknown;
}

/** A statement of `node:sqlite`. It gives rows as arrays, from which objects are made faster than Node.js makes them. */
export class NodeStatement implements NativeStatement {
  readonly #connection: NodeStatementHost;
  #native: StatementSync;
  readonly #text: SQLText;
  readonly #countsChanges: boolean;
  /** Bound by name, with the arrays' indices of the values; null if all parameters go by their order. */
  readonly #byName: NamedParameters | null;
  #compiledFor: number;
  #names: readonly string[] | null = null;
  #namesOf = -1;
  /** Whether the statement of Node.js reads integers as `bigint`s now. */
  #readsBig = false;
  /** Whether integers beyond 53 bits have been seen: `node:sqlite` throws for them unless it reads `bigint`s. */
  #hasLargeIntegers: boolean;

  constructor(connection: NodeStatementHost, native: StatementSync, text: SQLText) {
    this.#connection = connection;
    this.#native = native;
    this.#text = text;
    this.#countsChanges = text.countsChanges;
    // Such a statement must not run twice, so it does not try numbers first.
    this.#hasLargeIntegers = text.isReturning;
    this.#byName = namedParameters(text.parameters);
    this.#compiledFor = connection.schemaVersion;
    this.#configure(native);
  }

  #configure(native: StatementSync): void {
    native.setReturnArrays(true);
    // Names with two prefixes, such as :a and $a, are two names.
    if (this.#byName !== null) native.setAllowBareNamedParameters(false);
  }

  /** Node.js 22 counts the columns before SQLite has noticed a change of the schema. */
  #recompile(): void {
    if (this.#compiledFor === this.#connection.schemaVersion || this.#native.close !== undefined) return;
    this.#compiledFor = this.#connection.schemaVersion;
    this.#native = this.#connection.compile(this.#text);
    this.#readsBig = false;
    this.#configure(this.#native);
  }

  columnNames(count?: number): readonly string[] {
    const isStale = this.#names === null || this.#namesOf !== this.#connection.schemaVersion;
    if (isStale || (count !== undefined && this.#names!.length !== count)) {
      this.#names = this.#native.columns().map(({ name }) => name);
      this.#namesOf = this.#connection.schemaVersion;
    }
    return this.#names!;
  }

  declaredTypes(): (string | null)[] {
    return this.#native.columns().map(({ type }) => type);
  }

  get(values: readonly SQLiteValue[], big: boolean): Row | undefined {
    const row = this.#read(values, big, this.#getRow) as Row | undefined;
    return row === undefined || big || !this.#readsBig ? row : roundIntegers(row);
  }

  all(values: readonly SQLiteValue[], big: boolean): Row[] {
    const rows = this.#read(values, big, this.#getAll) as Row[];
    if (!big && this.#readsBig) for (const row of rows) roundIntegers(row);
    return rows;
  }

  run(values: readonly SQLiteValue[], big: boolean): RunResult {
    try {
      if (!this.#countsChanges && this.columnNames().length > 0) {
        // Node.js stops a `run` at the first row.
        this.#readBig(true);
        this.#native.all(...this.#arguments(values));
        const [rowid] = this.#connection.lastRun();
        return { changes: 0, lastInsertRowid: big ? rowid : Number(rowid) };
      }
      this.#readBig(big || this.#connection.hasLargeRowids);
      const { changes, lastInsertRowid } = this.#runNative(values);
      if (!this.#countsChanges) this.#connection.ran(this.#text.keyword);
      return {
        changes: this.#countsChanges ? Number(changes) : 0,
        lastInsertRowid: big ? lastInsertRowid : Number(lastInsertRowid),
      };
    } catch (error) {
      throw this.#connection.errorOf(error, this.#text.sql);
    }
  }

  /** Newer lines of Node.js throw when it has run, if the newest rowid of the connection is no number. */
  #runNative(values: readonly SQLiteValue[]): ReturnType<StatementSync["run"]> {
    try {
      return this.#native.run(...this.#arguments(values));
    } catch (error) {
      if (this.#readsBig || (error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") throw error;
      // A function of the program may have thrown such an error, too.
      this.#connection.calls.rethrow();
      this.#connection.hasLargeRowids = true;
      const [lastInsertRowid, changes] = this.#connection.lastRun();
      return { changes, lastInsertRowid };
    }
  }

  iterate(values: readonly SQLiteValue[], big: boolean): Iterator<Row> {
    const read = <T>(step: () => T): T => {
      try {
        // A row whose integer does not fit is lost, and the rows before it have been given: there is no second try.
        this.#readBig(true);
        return step();
      } catch (error) {
        throw this.#connection.errorOf(error, this.#text.sql);
      } finally {
        this.#connection.calls.rethrow();
      }
    };
    const rows = read(() => {
      this.#recompile();
      return this.#native.iterate(...this.#arguments(values));
    });
    return {
      next: () => {
        const { done, value } = read(() => rows.next()) as IteratorResult<Row>;
        if (done === true) return { done, value: undefined };
        return { done: false, value: big ? value : roundIntegers(value) };
      },
      return: () => {
        rows.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  finalize(): void {
    // Without `close`, Node.js frees it when it is collected.
    this.#native.close?.();
  }

  readonly #getRow = (values: readonly SQLiteValue[]): unknown =>
    this.#byName === null ? this.#native.get(...values) : this.#native.get(...this.#arguments(values));

  readonly #getAll = (values: readonly SQLiteValue[]): unknown =>
    this.#byName === null ? this.#native.all(...values) : this.#native.all(...this.#arguments(values));

  /** Reads numbers, and `bigint`s only after an integer that is no number. */
  #read(
    values: readonly SQLiteValue[],
    big: boolean,
    run: (values: readonly SQLiteValue[]) => unknown,
  ): unknown {
    try {
      this.#recompile();
      this.#readBig(big || this.#hasLargeIntegers || this.#connection.hasFunctions);
      try {
        return run(values);
      } catch (error) {
        if (this.#readsBig || (error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") throw error;
        this.#hasLargeIntegers = true;
        this.#readBig(true);
        return run(values);
      } finally {
        if (this.#connection.hasFunctions) this.#connection.calls.rethrow();
      }
    } catch (error) {
      throw this.#connection.errorOf(error, this.#text.sql);
    } finally {
      if (!this.#text.countsChanges) this.#connection.ran(this.#text.keyword);
    }
  }

  #readBig(enabled: boolean): void {
    if (this.#readsBig === enabled) return;
    this.#native.setReadBigInts(enabled);
    this.#readsBig = enabled;
  }

  #arguments(values: readonly SQLiteValue[]): readonly unknown[] {
    return this.#byName === null ? values : this.#byName(values);
  }
}

type NamedParameters = (values: readonly SQLiteValue[]) => readonly unknown[];

/** `node:sqlite` binds names by an object, before the other parameters. The object and the array are made once. */
function namedParameters(parameters: readonly (string | null)[]): NamedParameters | null {
  const named: [string, number][] = [];
  const inOrder: number[] = [];
  for (const [index, name] of parameters.entries()) {
    if (name === null || name.startsWith("?")) inOrder.push(index);
    else named.push([name, index]);
  }
  if (named.length === 0) return null;
  const object: Record<string, SQLiteValue> = {};
  const args: unknown[] = [object];
  return (values) => {
    for (const [name, index] of named) object[name] = values[index]!;
    for (let i = 0; i < inOrder.length; i++) args[i + 1] = values[inOrder[i]!];
    return args;
  };
}
