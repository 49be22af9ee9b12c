import type { Connection, NativeStatement } from "./backend.ts";
import type { Calls } from "./calls.ts";
import { firstStatement } from "./sql-text.ts";

/** What a `Database` shares with its statements. */
export class DatabaseState {
  readonly connection: Connection;
  readonly calls: Calls;
  readonly strict: boolean;
  readonly safeIntegers: boolean;
  /** `close` was called. */
  isClosed = false;
  /** The connection is closed, and no statement of it works any more. */
  isReleased = false;
  /** Statements of `prepare` that are not finalized: they outlive `close(false)`. */
  #prepared = 0;
  readonly #control = new Map<string, NativeStatement>();

  constructor(connection: Connection, options: { readonly strict: boolean; readonly safeIntegers: boolean }) {
    this.connection = connection;
    this.calls = connection.calls;
    this.strict = options.strict;
    this.safeIntegers = options.safeIntegers;
  }

  /** @throws Error after `close`, and TypeError while SQL calls a function */
  assertOpen(): void {
    if (this.isClosed) throw new Error("Database has closed");
    this.calls.assertIdle();
  }

  /** Runs a statement that begins or ends a transaction. They are few, and compiled once. */
  control(sql: string): void {
    this.assertOpen();
    let statement = this.#control.get(sql);
    if (statement === undefined) {
      statement = this.connection.prepare(firstStatement(sql)!);
      this.#control.set(sql, statement);
    }
    statement.run([], false);
  }

  preparedStatement(): void {
    this.#prepared++;
  }

  finalizedStatement(): void {
    this.#prepared--;
    if (this.isClosed) this.release(false);
  }

  /**
   * Closes the connection behind `close`.
   * @param isForced the statements of `prepare` end, too
   */
  release(isForced: boolean): void {
    if (this.isReleased || (!isForced && this.#prepared > 0)) return;
    this.isReleased = true;
    for (const statement of this.#control.values()) statement.finalize();
    this.#control.clear();
    this.connection.close();
  }
}
