import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "../../src/load/histogram.ts";

describe("Histogram", () => {
  it("gives every quantile within 3 % of the exact one", () => {
    const durations = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1), (values, q) => {
        const histogram = new Histogram();
        for (const microseconds of values) histogram.record(microseconds, 1);
        const exact = [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)]!;
        const found = histogram.quantile(q)!;
        expect(found / exact).toBeGreaterThan(0.97);
        expect(found / exact).toBeLessThan(1.03);
      }),
    );
  });

  it("weighs a duration by how often it was seen", () => {
    const histogram = new Histogram();
    histogram.record(100, 98);
    histogram.record(10_000, 2);
    expect(histogram.quantile(0.98)).toBeLessThan(110);
    expect(histogram.quantile(0.99)).toBeGreaterThan(9_000);
  });

  it("has no quantile when empty or cleared", () => {
    const histogram = new Histogram();
    expect(histogram.quantile(0.5)).toBeUndefined();
    histogram.record(5, 1);
    histogram.clear();
    expect(histogram.quantile(0.5)).toBeUndefined();
  });

  it("keeps what is out of its range at its ends", () => {
    const histogram = new Histogram();
    histogram.record(0, 1);
    expect(histogram.quantile(1)).toBeLessThan(1.1);
    histogram.record(1e30, 1);
    expect(histogram.quantile(1)).toBeGreaterThan(1e9);
  });
});
