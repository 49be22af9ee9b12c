import type { Calls } from "./calls.ts";
import type { SQLText } from "./sql-text.ts";

/** A value in SQLite. A bound `number` is a REAL, a bound `bigint` an INTEGER. */
export type SQLiteValue = null | number | bigint | string | Uint8Array<ArrayBuffer>;

/** What a statement that ran has changed. */
export interface RunResult {
  changes: number;
  lastInsertRowid: number | bigint;
}

/** How a database is opened. */
export interface OpenMode {
  readonly readonly: boolean;
  /** A file that does not exist is made. */
  readonly create: boolean;
  /** A name that begins with `file:` is a URI. */
  readonly uri: boolean;
}

/** What a back end knows of a function that SQL calls. */
export interface SQLFunction {
  readonly name: string;
  /** The number of arguments; -1 for any number. */
  readonly arity: number;
  readonly deterministic: boolean;
  readonly directOnly: boolean;
}

/** The functions of an aggregate. The accumulator is opaque to the back end. */
export interface AggregateSteps {
  start(): unknown;
  step(accumulator: unknown, args: readonly SQLiteValue[]): unknown;
  inverse: ((accumulator: unknown, args: readonly SQLiteValue[]) => unknown) | null;
  result(accumulator: unknown): SQLiteValue;
}

/**
 * A compiled statement of a back end. Its bindings are an array of all parameters, by their index. With `big`, integers are
 * `bigint`s; without, `number`s, rounded beyond 53 bits. Errors of SQLite are `SQLiteError`s.
 */
export interface NativeStatement {
  /**
   * The names of the columns of its rows. After a change of the schema it is another array.
   * @param count the number of values in a row, which tells that another connection has changed the schema
   */
  columnNames(count?: number): readonly string[];
  declaredTypes(): (string | null)[];
  get(values: readonly SQLiteValue[], big: boolean): SQLiteValue[] | undefined;
  all(values: readonly SQLiteValue[], big: boolean): SQLiteValue[][];
  run(values: readonly SQLiteValue[], big: boolean): RunResult;
  iterate(values: readonly SQLiteValue[], big: boolean): Iterator<SQLiteValue[]>;
  finalize(): void;
}

/** An open database of a back end. */
export interface Connection {
  /** The calls of its functions. */
  readonly calls: Calls;
  readonly inTransaction: boolean;
  prepare(text: SQLText): NativeStatement;
  defineFunction(definition: SQLFunction, call: (args: readonly SQLiteValue[]) => SQLiteValue): void;
  defineAggregate(definition: SQLFunction, steps: AggregateSteps): void;
  loadExtension(path: string, entryPoint: string | undefined): void;
  serialize(schema: string): Uint8Array;
  close(): void;
}

/** SQLite on one kind of Node.js. */
export interface Backend {
  open(filename: string, mode: OpenMode): Connection;
  deserialize(bytes: Uint8Array, isReadonly: boolean): Connection;
}
