type Bytes = ArrayBufferView | ArrayBufferLike;

/** A value that a parameter takes, or an object of such values by the parameters' names. */
export type SQLQueryBindings =
  | string
  | bigint
  | Bytes
  | number
  | boolean
  | null
  | Record<string, string | bigint | Bytes | number | boolean | null>;

/** What a function that SQL calls may return. `undefined` is stored as NULL. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement is of this type
export type SQLFunctionResult = string | bigint | Bytes | number | boolean | null | undefined | void;

/** Options of a `Database`. */
export interface DatabaseOptions {
  /** Opens it for reading only. */
  readonly?: boolean | undefined;
  /** Makes a file that does not exist. */
  create?: boolean | undefined;
  /** Opens it for reading and writing. Without `create` the file must exist. */
  readwrite?: boolean | undefined;
  /** Integers are `bigint`s, and a `bigint` beyond 64 bits is an error. */
  safeIntegers?: boolean | undefined;
  /** A named parameter without a value is an error. */
  strict?: boolean | undefined;
}

/** Options of `function` and `aggregate`. */
export interface FunctionOptions {
  /** SQL may call it with any number of arguments. */
  varargs?: boolean | undefined;
  /** It gives the same result for the same arguments. */
  deterministic?: boolean | undefined;
  /** Views and triggers may not call it. */
  directOnly?: boolean | undefined;
  /** Its integers are `bigint`s. The default is the option of the `Database`. */
  safeIntegers?: boolean | undefined;
}

/** Options of `aggregate`. */
// biome-ignore lint/suspicious/noExplicitAny: bun-types has this default, and programs name the type without an argument
export interface AggregateOptions<T = any> extends FunctionOptions {
  /** The accumulator of each group of rows, or a function that makes it. The default is null. */
  start?: T | (() => T) | undefined;
  /** Gets the accumulator and the arguments of a row, and returns the new accumulator; `undefined` leaves it. */
  // biome-ignore lint/suspicious/noExplicitAny: the program knows the types of its columns
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement is of this type
  step: (accumulator: T, ...args: any[]) => T | void;
  /** Undoes `step` for a row that leaves the window. */
  // biome-ignore lint/suspicious/noExplicitAny: the program knows the types of its columns
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement is of this type
  inverse?: ((accumulator: T, ...args: any[]) => T | void) | null | undefined;
  /** Makes the result of the accumulator. */
  result?: ((accumulator: T) => SQLFunctionResult) | null | undefined;
}

/** What `run` has changed. */
export interface Changes {
  /** The number of rows that the statement itself inserted, updated or deleted. */
  changes: number;
  /** The rowid of the row that was inserted last: a `bigint` with `safeIntegers`. */
  lastInsertRowid: number | bigint;
}

/** A function that runs in a transaction, and its kinds. */
export interface Transaction<A extends unknown[], T> {
  (...args: A): T;
  deferred: (...args: A) => T;
  immediate: (...args: A) => T;
  exclusive: (...args: A) => T;
}
