import { describe, expect, it } from "vitest";
import { circumstances, count, ratio, value } from "../src/format.ts";
import type { Summary } from "../src/stats.ts";
import { results } from "./sample-results.ts";

const summary = (median: number, spread: number, count = 3): Summary => {
  return { median, low: median, high: median, spread, count };
};

describe("numbers", () => {
  it("have four significant digits", () => {
    expect([1_234_567, 182_749, 9_999, 12, 0].map(count)).toEqual([
      "1,235,000",
      "182,700",
      "9,999",
      "12",
      "0",
    ]);
  });

  it("come in the metric's unit, with half the distance of the quartiles", () => {
    expect(value("rate", summary(182_749, 0.02))).toBe("182,700 ±1.0%");
    expect(value("cpu", summary(5.678, 0))).toBe("5.68 ±0.0%");
    expect(value("cpu", summary(0.1234, 0))).toBe("0.123 ±0.0%");
    expect(value("p99", summary(1_250, 0.1))).toBe("1.25 ±5.0%");
    expect(value("p50", summary(123, 0.1))).toBe("0.123 ±5.0%");
    expect(value("p50", summary(0, 0))).toBe("–");
    expect(value("memory", summary(50 * 2 ** 20, 0))).toBe("50.0 ±0.0%");
  });

  it("claim no spread for a single round", () => {
    expect(value("rate", summary(182_749, 0, 1))).toBe("182,700");
    expect(ratio(summary(1.5, 0, 1))).toBe("1.50×");
  });

  it("as ratios have two digits after the point, more or fewer where those say nothing", () => {
    expect(ratio(summary(1.234, 0.02))).toBe("1.23× ±1.0%");
    expect(ratio(summary(12.34, 0))).toBe("12.3× ±0.0%");
    expect(ratio(summary(0.0345, 0))).toBe("0.035× ±0.0%");
  });
});

describe("circumstances", () => {
  it("name the machine, the placement, the versions and the times", () => {
    expect(circumstances(results())).toEqual([
      "Abacus 3000, 2 cores, 8 GB, linux x64, kernel 6.1",
      "server on core 0, load on core 1",
      "node 26.10.0, bun 1.4.5",
      "3 rounds of 2 s after 1 s of warm-up, 2026-01-01",
    ]);
  });

  it("say what is wrong with the placement", () => {
    const pinning = { pinned: false, server: 0, load: 1, note: "taskset is missing" };
    expect(circumstances({ ...results(), pinning })[1]).toBe("nothing pinned (taskset is missing)");
  });
});
