import { describe, expect, it } from "vitest";
import { defaultLimits, type Limits, withDefaults } from "../src/limits.ts";

describe("limits", () => {
  it("are the default ones where nothing else is said", () => {
    expect(withDefaults(undefined)).toBe(defaultLimits);
    expect(withDefaults({ bodyBytes: 5 })).toEqual({ ...defaultLimits, bodyBytes: 5 });
    expect(withDefaults({ headBytes: 0, headFields: Number.POSITIVE_INFINITY })).toMatchObject({
      headBytes: 0,
    });
  });

  it("let through what RFC 9112 §3 asks for at least", () => {
    expect(defaultLimits.requestLineBytes).toBeGreaterThanOrEqual(8000);
    expect(defaultLimits.headBytes).toBeGreaterThan(defaultLimits.requestLineBytes);
    expect(defaultLimits.leadingEmptyLines).toBeGreaterThanOrEqual(1);
  });

  it.each([-1, Number.NaN, Number.NEGATIVE_INFINITY, 1.5, "5", null, undefined])("cannot be %s", (value) => {
    const limits = { headBytes: value } as unknown as Partial<Limits>;
    expect(() => withDefaults(limits)).toThrow(
      "The limit headBytes must be a whole number from 0 up, or Infinity",
    );
  });

  it("must exist", () => {
    expect(() => withDefaults({ bodySize: 1 } as Partial<Limits>)).toThrow(
      "There is no limit named bodySize",
    );
    expect(() => withDefaults({ toString: 1 } as unknown as Partial<Limits>)).toThrow(
      "There is no limit named toString",
    );
  });
});
