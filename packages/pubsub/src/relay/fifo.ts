/** So many places in front may be empty before the rest is moved. */
const EMPTY_PLACES = 64;

/** A queue in an array. `Array.shift` moves all elements of a long array each time; this moves them once for each half. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  /** The oldest item. */
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  /** All items, the oldest first. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#first; i < this.#items.length; i++) yield this.#items[i]!;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first === this.#items.length) {
      this.#items.length = 0;
      this.#first = 0;
    } else if (this.#first >= EMPTY_PLACES && this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  /** Takes all items, the oldest first. */
  takeAll(): T[] {
    const items = this.#items.slice(this.#first) as T[];
    this.#items = [];
    this.#first = 0;
    return items;
  }
}
