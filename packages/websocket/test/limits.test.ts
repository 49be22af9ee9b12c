import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Limits, resolveLimits } from "../src/limits.ts";

it("takes the defaults for missing limits", () => {
  expect(resolveLimits()).toBe(DEFAULT_LIMITS);
  expect(resolveLimits({})).toEqual(DEFAULT_LIMITS);
  expect(resolveLimits({ fragments: 3 })).toEqual({ ...DEFAULT_LIMITS, fragments: 3 });
});

describe.each(Object.keys(DEFAULT_LIMITS) as Array<keyof Limits>)("limits.%s", (name) => {
  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("cannot be %d", (value) => {
    expect(() => resolveLimits({ [name]: value })).toThrow(new RegExp(`limits\\.${name} must be an integer`));
  });

  it.each(["5", null, undefined, true])("must be a number, and %s is not", (value) => {
    expect(() => resolveLimits({ [name]: value as unknown as number })).toThrow(
      new TypeError(`limits.${name} must be a number, not ${typeof value}`),
    );
  });

  it("can be 0 exactly if nothing at all would still be a connection", () => {
    const needsOne = name === "fragments" || name === "pingsPerReceive";
    if (needsOne) expect(() => resolveLimits({ [name]: 0 })).toThrow(RangeError);
    else expect(resolveLimits({ [name]: 0 })[name]).toBe(0);
  });
});

it("must exist", () => {
  expect(() => resolveLimits({ toString: 1 } as unknown as Partial<Limits>)).toThrow(TypeError);
});

it("is checked once: what was resolved is taken as it is, and cannot be changed", () => {
  // Servers with different limits take turns.
  const resolved = [resolveLimits({ messageBytes: 5 }), resolveLimits({ messageBytes: 6 })];
  for (const limits of [...resolved, ...resolved]) expect(resolveLimits(limits)).toBe(limits);
  expect(resolved.every(Object.isFrozen)).toBe(true);
});
