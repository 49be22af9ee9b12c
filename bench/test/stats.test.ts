import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantile, ratios, summarize } from "../src/stats.ts";

const numbers = fc.array(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 });

describe("quantile", () => {
  it("interpolates between neighbours", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.25)).toBe(15);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it("ends at the extremes, whatever the order", () => {
    fc.assert(
      fc.property(numbers, (values) => {
        expect(quantile(values, 0)).toBe(Math.min(...values));
        expect(quantile(values, 1)).toBe(Math.max(...values));
      }),
    );
  });

  it("never falls as q grows", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(numbers, share, share, (values, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        // Interpolation may round in the last digit.
        expect(quantile(values, low)).toBeLessThanOrEqual(quantile(values, high) * (1 + 1e-12));
      }),
    );
  });

  it("leaves its argument as it was", () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  it("refuses no values and shares outside 0 to 1", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => quantile([1], 1.01)).toThrow(RangeError);
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });
});

describe("summarize", () => {
  it("gives median, extremes and the relative distance of the quartiles", () => {
    expect(summarize([90, 100, 110, 95, 105])).toEqual({
      median: 100,
      low: 90,
      high: 110,
      spread: 0.1,
      count: 5,
    });
  });

  it("is not moved by one disturbed round", () => {
    expect(summarize([100, 101, 5, 100, 101]).median).toBe(100);
    expect(summarize([100, 101, 5, 100, 101]).spread).toBe(0.01);
  });

  it("has no spread where nothing differs, zeros included", () => {
    expect(summarize([0, 0, 0]).spread).toBe(0);
    expect(summarize([0, 0, 0, 1, 1]).spread).toBe(0);
    expect(summarize([4]).spread).toBe(0);
  });
});

describe("ratios", () => {
  it("divides neighbour by neighbour, not median by median", () => {
    // Both slow down together in the second round: the ratio does not notice.
    expect(ratios([200, 20], [100, 10])).toEqual([2, 2]);
  });

  it("leaves out rounds that one side did not finish and bases of zero", () => {
    expect(ratios([1, undefined, 3, 4, 5], [2, 2, undefined, 0, 10])).toEqual([0.5, 0.5]);
    expect(ratios([1, 2], [])).toEqual([]);
  });
});
