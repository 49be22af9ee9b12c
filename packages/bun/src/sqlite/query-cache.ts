import type { Statement } from "./statement.ts";

/** Longer texts are not cached. */
const MOST_CHARACTERS = 65_536;

/** The statements of `query` by their text. The one that was used last goes last. */
export class QueryCache {
  readonly #statements = new Map<string, Statement>();

  get(sql: string): Statement | undefined {
    const statement = this.#statements.get(sql);
    if (statement === undefined) return undefined;
    this.#statements.delete(sql);
    if (statement.isFinalized) return undefined;
    this.#statements.set(sql, statement);
    return statement;
  }

  /** A statement that goes to make room keeps working. */
  add(sql: string, statement: Statement, size: number): void {
    if (sql.length > MOST_CHARACTERS || size <= 0) return;
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size < size) break;
      this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
  }

  finalize(): void {
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
  }
}
