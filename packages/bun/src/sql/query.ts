import { notThere } from "../base/missing.ts";
import { hasReport, withoutReport } from "./errors.ts";
import type { Rows } from "./rows.ts";
import { type Source, setSource } from "./template.ts";

/** How rows are given: as objects, arrays of values, or arrays of bytes. */
export type RowFormat = "objects" | "values" | "raw";

export interface QueryModes {
  format: RowFormat;
  /** Several statements without parameters. */
  simple: boolean;
}

/** A query that has been started. */
export interface StartedQuery {
  readonly result: Promise<Rows>;
  cancel(): void;
}

/** Starts a query once. */
export type StartQuery = (source: Source, modes: Readonly<QueryModes>) => StartedQuery;

/**
 * A query of `SQL`: a promise that starts when it is first awaited, or by `execute()`. In another query it is a part of that one.
 * @typeParam T what the program says of its rows
 */
export class SQLQuery<T = Rows> extends Promise<T> {
  readonly #source: Source;
  readonly #start: StartQuery;
  readonly #cancelledError: () => Error;
  readonly #modes: QueryModes = { format: "objects", simple: false };
  readonly #resolve: (rows: T) => void;
  readonly #reject: (error: unknown) => void;
  #started: StartedQuery | null = null;
  #settled = false;
  #cancelled = false;

  constructor(source: Source, start: StartQuery, cancelledError: () => Error) {
    let settleResult!: (rows: T) => void;
    let settleError!: (error: unknown) => void;
    super((resolve, reject) => {
      settleResult = resolve;
      settleError = reject;
    });
    this.#resolve = settleResult;
    this.#reject = settleError;
    this.#source = source;
    this.#start = start;
    this.#cancelledError = cancelledError;
    setSource(this, source);
  }

  /** `then` and `catch` give plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Whether it has been started and has no result yet. */
  get active(): boolean {
    return this.#started !== null && !this.#settled;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Rows as arrays of values. */
  values(): this {
    this.#modes.format = "values";
    return this;
  }

  /** Rows as arrays of bytes. */
  raw(): this {
    this.#modes.format = "raw";
    return this;
  }

  /** Sends several statements as one text, without parameters. */
  simple(): this {
    this.#modes.simple = true;
    return this;
  }

  /** @throws Error: COPY has no streams here */
  readable(): never {
    throw notThere("The stream of a COPY by readable()", "the package postgres");
  }

  /** @throws Error: COPY has no streams here */
  writable(): never {
    throw notThere("The stream of a COPY by writable()", "the package postgres");
  }

  /** Starts it, if it has not been started. */
  execute(): this {
    this.#run();
    return this;
  }

  /** Stops it: on the server, if it runs there; otherwise it never runs. */
  cancel(): this {
    this.#cancelled = true;
    this.#started?.cancel();
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: the query starts when it is first awaited
  override then<A = T, B = never>(
    onResult?: ((rows: T) => A | PromiseLike<A>) | null,
    // biome-ignore lint/suspicious/noExplicitAny: as of every promise
    onError?: ((error: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#run();
    return super.then(onResult, onError);
  }

  /** A failure of the query itself is not reported where nothing but this is called; one of the function is. */
  override finally(onFinally?: (() => void) | null): Promise<T> {
    if (typeof onFinally !== "function") return this.then();
    const ended: Promise<T> = this.then(
      async (rows) => {
        await onFinally();
        return rows;
      },
      async (error: unknown) => {
        await onFinally();
        ended.catch(() => {});
        throw error;
      },
    );
    return ended;
  }

  #run(): void {
    if (this.#started !== null || this.#settled) return;
    if (this.#cancelled) {
      this.#fail(withoutReport(this.#cancelledError()));
      return;
    }
    this.#started = this.#start(this.#source, this.#modes);
    this.#started.result.then(
      (rows) => {
        this.#settled = true;
        this.#resolve(rows as T);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    this.#settled = true;
    if (!hasReport(error)) super.then(undefined, () => {});
    this.#reject(error);
  }
}
