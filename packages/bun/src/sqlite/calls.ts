/**
 * The calls from SQL to JavaScript of one connection. SQLite is within a statement meanwhile, so the connection takes no other; and
 * what a function throws passes SQLite on its way to the program.
 */
export class Calls {
  /** SQL calls a function now. */
  isBusy = false;
  #thrown: { readonly error: unknown } | null = null;

  /** @throws TypeError while SQL calls a function */
  assertIdle(): void {
    if (this.isBusy) throw new TypeError("This database connection is busy executing a query");
  }

  /** Runs a function of the program, and keeps what it throws. */
  run<T>(call: () => T): T {
    // A busy connection starts nothing, so calls do not nest.
    this.isBusy = true;
    try {
      return call();
    } catch (error) {
      this.#thrown ??= { error };
      throw error;
    } finally {
      this.isBusy = false;
    }
  }

  /** Whether a function of the statement that runs has thrown. */
  get failed(): boolean {
    return this.#thrown !== null;
  }

  /** Throws it within the statement, which ends so. */
  rethrowWithin(): void {
    if (this.#thrown !== null) throw this.#thrown.error;
  }

  /** Behind a statement: throws what a function of it has thrown. */
  rethrow(): void {
    if (this.#thrown === null) return;
    const { error } = this.#thrown;
    this.#thrown = null;
    throw error;
  }
}
