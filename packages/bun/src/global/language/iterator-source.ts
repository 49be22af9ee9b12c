/** An iterator that is read step by step, and closed unless it has ended or thrown. */
export class Source {
  readonly #iterator: Iterator<unknown>;
  readonly #next: unknown;
  #isOpen = true;
  value: unknown;

  constructor(iterator: unknown) {
    if (!isObject(iterator)) throw new TypeError(`${String(iterator)} is not an iterator`);
    this.#iterator = iterator as unknown as Iterator<unknown>;
    this.#next = this.#iterator.next;
  }

  /** @returns whether there is another value */
  advance(): boolean {
    this.#isOpen = false;
    const result = Reflect.apply(this.#next as () => unknown, this.#iterator, []) as IteratorResult<unknown>;
    if (!isObject(result)) throw new TypeError(`${String(result)} is not an object`);
    if (result.done === true || result.done) return false;
    this.value = result.value;
    this.#isOpen = true;
    return true;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#iterator.return?.();
  }

  /** Closes it because of an error, which counts more than one of the closing. */
  fail(error: unknown): never {
    try {
      this.close();
    } catch {}
    throw error;
  }
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
