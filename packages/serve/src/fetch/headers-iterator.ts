type Pairs = readonly (readonly [name: string, value: string])[];

/** What all of the language's iterators inherit: `[Symbol.iterator]`, and `map` and the like where there are. */
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;

/** Web IDL's "default iterator object": it goes by position over what is there when it is asked, and it stays ended. */
export class HeadersIterator<T> implements Iterator<T, undefined> {
  readonly #pairs: () => Pairs;
  readonly #pick: (name: string, value: string) => T;
  #position = 0;

  constructor(pairs: () => Pairs, pick: (name: string, value: string) => T) {
    this.#pairs = pairs;
    this.#pick = pick;
  }

  next(): IteratorResult<T, undefined> {
    const pair = this.#pairs()[this.#position];
    if (pair === undefined) return { value: undefined, done: true };
    this.#position++;
    return { value: this.#pick(pair[0], pair[1]), done: false };
  }
}

Object.setPrototypeOf(HeadersIterator.prototype, IteratorPrototype);
// As Web IDL has it, and as no method of a class is.
Object.defineProperty(HeadersIterator.prototype, "next", { enumerable: true });
Object.defineProperty(HeadersIterator.prototype, Symbol.toStringTag, {
  value: "Headers Iterator",
  configurable: true,
});
