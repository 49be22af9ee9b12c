/** Counts in memory: it begins anew with the process. */
export class Counter {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  increment(): number {
    this.#count += 1;
    return this.#count;
  }
}
