/** The methods that compare and combine sets (ES2025), for Node.js 20. */
export function additionsTo(_: object): Readonly<Record<string, unknown>> {
  return members;
}

/** What the methods take: a Set, a Map, or anything else of that form. */
interface SetLike {
  readonly size: number;
  has(value: unknown): boolean;
  keys(): Iterator<unknown>;
}

interface Other {
  readonly size: number;
  readonly has: (value: unknown) => boolean;
  readonly keys: () => Iterable<unknown>;
}

const sizeOf = Object.getOwnPropertyDescriptor(Set.prototype, "size")!.get!;

/** @throws TypeError if `self` is no set, or the other is not of that form */
function check(self: Set<unknown>, other: SetLike): Other {
  sizeOf.call(self);
  if (typeof other !== "object" || other === null) throw new TypeError("The other set is not an object");
  const size = Number(other.size);
  if (Number.isNaN(size)) throw new TypeError("The size of the other set is not a number");
  if (size < 0) throw new RangeError("The size of the other set is negative");
  const { has, keys } = other;
  if (typeof has !== "function") throw new TypeError("The other set has no method has");
  if (typeof keys !== "function") throw new TypeError("The other set has no method keys");
  const iterator = (): Iterator<unknown> => keys.call(other) as Iterator<unknown>;
  return {
    size,
    has: (value) => Boolean(has.call(other, value)),
    keys: () => ({ [Symbol.iterator]: iterator }),
  };
}

const members = {
  union(this: Set<unknown>, other: SetLike): Set<unknown> {
    const { keys } = check(this, other);
    const result = new Set(this);
    for (const value of keys()) result.add(value);
    return result;
  },

  intersection(this: Set<unknown>, other: SetLike): Set<unknown> {
    const { size, has, keys } = check(this, other);
    const result = new Set<unknown>();
    if (this.size <= size) {
      for (const value of this) if (has(value)) result.add(value);
    } else {
      for (const value of keys()) if (this.has(value)) result.add(value);
    }
    return result;
  },

  difference(this: Set<unknown>, other: SetLike): Set<unknown> {
    const { size, has, keys } = check(this, other);
    const result = new Set(this);
    if (this.size <= size) {
      for (const value of this) if (has(value)) result.delete(value);
    } else {
      for (const value of keys()) result.delete(value);
    }
    return result;
  },

  symmetricDifference(this: Set<unknown>, other: SetLike): Set<unknown> {
    const { keys } = check(this, other);
    const result = new Set(this);
    for (const value of keys()) {
      if (this.has(value)) result.delete(value);
      else result.add(value);
    }
    return result;
  },

  isSubsetOf(this: Set<unknown>, other: SetLike): boolean {
    const { size, has } = check(this, other);
    if (this.size > size) return false;
    for (const value of this) if (!has(value)) return false;
    return true;
  },

  isSupersetOf(this: Set<unknown>, other: SetLike): boolean {
    const { size, keys } = check(this, other);
    if (this.size < size) return false;
    for (const value of keys()) if (!this.has(value)) return false;
    return true;
  },

  isDisjointFrom(this: Set<unknown>, other: SetLike): boolean {
    const { size, has, keys } = check(this, other);
    if (this.size <= size) {
      for (const value of this) if (has(value)) return false;
    } else {
      for (const value of keys()) if (this.has(value)) return false;
    }
    return true;
  },
};
