import { runIsolated } from "../errors/log.ts";

interface Waiting<Value> {
  readonly run: (value: Value) => void;
  readonly fail: (error: Error) => void;
}

/** What is loaded while the server starts. What is asked of it before waits. */
export class WhenLoaded<Value> {
  #value: Value | null = null;
  #failure: Error | null = null;
  #waiting: Waiting<Value>[] = [];

  /** Null before it has been loaded. */
  get value(): Value | null {
    return this.#value;
  }

  /** It is there: what has waited is asked now. */
  start(value: Value): void {
    this.#value = value;
    for (const { run } of this.#takeWaiting()) runIsolated(() => run(value));
  }

  /** It could not be loaded. */
  fail(error: Error): void {
    this.#failure = error;
    for (const { fail } of this.#takeWaiting()) runIsolated(() => fail(error));
  }

  /** Runs now, or when it has been loaded. */
  run(run: (value: Value) => void, fail: (error: Error) => void = () => {}): void {
    if (this.#value !== null) run(this.#value);
    else if (this.#failure !== null) fail(this.#failure);
    else this.#waiting.push({ run, fail });
  }

  #takeWaiting(): Waiting<Value>[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
