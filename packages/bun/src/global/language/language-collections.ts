/** `Array.fromAsync`, `Object.groupBy`, `Map.groupBy` and `getOrInsert`, for the versions of Node.js that lack them. */
export function additionsTo(holder: object): Readonly<Record<string, unknown>> {
  if (holder === Map) return ofMap;
  return holder === Object || holder === Array ? statics : ofMaps;
}

type AnyMap = {
  has(key: unknown): boolean;
  get(key: unknown): unknown;
  set(key: unknown, value: unknown): void;
};

const statics = {
  async fromAsync(
    this: unknown,
    items: AsyncIterable<unknown> | Iterable<unknown> | ArrayLike<unknown>,
    map?: (value: unknown, index: number) => unknown,
    self?: unknown,
  ): Promise<unknown> {
    if (map !== undefined && typeof map !== "function")
      throw new TypeError(`${String(map)} is not a function`);
    const isIterable = Symbol.asyncIterator in Object(items) || Symbol.iterator in Object(items);
    const Type = (typeof this === "function" ? this : Array) as new (
      length?: number,
    ) => {
      [index: number]: unknown;
      length: number;
    };
    const result = isIterable ? new Type() : new Type((items as ArrayLike<unknown>).length);
    let index = 0;
    const add = async (value: unknown): Promise<void> => {
      const mapped = map === undefined ? value : await Reflect.apply(map, self, [value, index]);
      Object.defineProperty(result, index++, {
        value: mapped,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    };
    if (isIterable) for await (const value of items as AsyncIterable<unknown>) await add(value);
    else
      for (const { length } = items as ArrayLike<unknown>; index < length; )
        await add(await (items as ArrayLike<unknown>)[index]);
    result.length = index;
    return result;
  },

  groupBy(items: Iterable<unknown>, keyOf: (value: unknown, index: number) => PropertyKey): object {
    const groups = Object.create(null) as Record<PropertyKey, unknown[]>;
    let index = 0;
    for (const item of items) {
      const key = keyOf(item, index++);
      const name = typeof key === "symbol" ? key : String(key);
      groups[name] ??= [];
      groups[name].push(item);
    }
    return groups;
  },
};

const ofMap = {
  groupBy(
    items: Iterable<unknown>,
    keyOf: (value: unknown, index: number) => unknown,
  ): Map<unknown, unknown[]> {
    const groups = new Map<unknown, unknown[]>();
    let index = 0;
    for (const item of items) {
      const key = keyOf(item, index++);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
    return groups;
  },
};

const ofMaps = {
  getOrInsert(this: AnyMap, key: unknown, value: unknown): unknown {
    if (!this.has(key)) this.set(key, value);
    return this.get(key);
  },

  getOrInsertComputed(this: AnyMap, key: unknown, compute: (key: unknown) => unknown): unknown {
    if (typeof compute !== "function") throw new TypeError(`${String(compute)} is not a function`);
    if (!this.has(key)) this.set(key, compute(key));
    return this.get(key);
  },
};
