/** The class `Iterator` and the helpers of its prototype (ES2025), for Node.js 20. */
import { helper, iteratorPrototype } from "./iterator-helper.ts";
import { isObject, Source } from "./iterator-source.ts";

export function additionsTo(holder: object): Readonly<Record<string, unknown>> {
  return holder === globalThis ? { Iterator: IteratorClass } : members;
}

type Callback = (value: unknown, index: number) => unknown;

/** Calls `use` with a source that is closed in the end, however that comes. */
function consume<T>(self: unknown, callback: unknown, use: (source: Source) => T): T {
  const source: Source = open(self, callback);
  try {
    return use(source);
  } catch (error) {
    source.fail(error);
  } finally {
    source.close();
  }
}

function open(self: unknown, callback: unknown): Source {
  const source = new Source(self);
  if (typeof callback === "function") return source;
  source.close();
  throw new TypeError(`${String(callback)} is not a function`);
}

function countOf(source: Source, limit: unknown): number {
  const count = Number(limit);
  if (count >= 0) return Math.trunc(count);
  source.close();
  throw new RangeError(`${String(limit)} must be positive`);
}

const members = {
  map(this: unknown, callback: Callback): object {
    const source = open(this, callback);
    return helper(source, function* () {
      for (let index = 0; source.advance(); index++) yield callback(source.value, index);
    });
  },

  filter(this: unknown, callback: Callback): object {
    const source = open(this, callback);
    return helper(source, function* () {
      for (let index = 0; source.advance(); index++) {
        const { value } = source;
        if (callback(value, index)) yield value;
      }
    });
  },

  take(this: unknown, limit: unknown): object {
    const source = new Source(this);
    const count = countOf(source, limit);
    return helper(source, function* () {
      for (let left = count; left > 0 && source.advance(); left--) yield source.value;
    });
  },

  drop(this: unknown, limit: unknown): object {
    const source = new Source(this);
    const count = countOf(source, limit);
    return helper(source, function* () {
      for (let left = count; left > 0; left--) if (!source.advance()) return;
      while (source.advance()) yield source.value;
    });
  },

  flatMap(this: unknown, callback: Callback): object {
    const source = open(this, callback);
    return helper(source, function* () {
      for (let index = 0; source.advance(); index++) {
        const inner = callback(source.value, index);
        if (!isObject(inner)) throw new TypeError(`${String(inner)} is not an object`);
        yield* iterate(inner);
      }
    });
  },

  reduce(
    this: unknown,
    callback: (sum: unknown, value: unknown, index: number) => unknown,
    ...initial: unknown[]
  ): unknown {
    return consume(this, callback, (source) => {
      let index = 0;
      let sum = initial[0];
      if (initial.length === 0) {
        if (!source.advance()) throw new TypeError("Reduce of a done iterator with no initial value");
        sum = source.value;
        index = 1;
      }
      for (; source.advance(); index++) sum = callback(sum, source.value, index);
      return sum;
    });
  },

  toArray(this: unknown): unknown[] {
    const result: unknown[] = [];
    for (const source = new Source(this); source.advance(); ) result.push(source.value);
    return result;
  },

  forEach(this: unknown, callback: Callback): void {
    consume(this, callback, (source) => {
      for (let index = 0; source.advance(); index++) callback(source.value, index);
    });
  },

  some(this: unknown, callback: Callback): boolean {
    return consume(this, callback, (source) => {
      for (let index = 0; source.advance(); index++) if (callback(source.value, index)) return true;
      return false;
    });
  },

  every(this: unknown, callback: Callback): boolean {
    return consume(this, callback, (source) => {
      for (let index = 0; source.advance(); index++) if (!callback(source.value, index)) return false;
      return true;
    });
  },

  find(this: unknown, callback: Callback): unknown {
    return consume(this, callback, (source) => {
      for (let index = 0; source.advance(); index++) {
        const { value } = source;
        if (callback(value, index)) return value;
      }
      return undefined;
    });
  },
};

/** The iterator of an iterable, or the value itself, which is an iterator then. */
function iteratorOf(value: object): Iterator<unknown> {
  const make = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
  return make === undefined || make === null ? (value as Iterator<unknown>) : make.call(value);
}

function iterate(value: object): Iterable<unknown> {
  const iterator = iteratorOf(value);
  return { [Symbol.iterator]: () => iterator };
}

const statics = {
  from(value: unknown): object {
    if (typeof value !== "string" && !isObject(value))
      throw new TypeError(`${String(value)} is not an object`);
    const iterator = iteratorOf(Object(value) as object);
    if (Object.prototype.isPrototypeOf.call(iteratorPrototype, iterator)) return iterator;
    const source = new Source(iterator);
    return helper(source, function* () {
      while (source.advance()) yield source.value;
    });
  },
};

/** A function, since the prototype of a class cannot be replaced. */
function IteratorClass(): void {
  if (new.target === undefined || new.target === (IteratorClass as unknown)) {
    throw new TypeError("Iterator cannot be constructed: extend it");
  }
}
Object.defineProperties(IteratorClass, {
  name: { value: "Iterator", configurable: true },
  prototype: { value: iteratorPrototype, writable: false },
  from: { value: statics.from, writable: true, configurable: true },
});
