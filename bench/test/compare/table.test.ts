import { describe, expect, it } from "vitest";
import { comparisonTable } from "../../src/compare/table.ts";
import { compare } from "../../src/compare/verdict.ts";
import { contestant, scenario } from "../sample-results.ts";

const rates = [1000, 1000, 1000];

describe("comparisonTable", () => {
  it("shows both builds and what they are to each other", () => {
    const all = [
      contestant("this", [1100, 1100, 1100], { cpuMicroseconds: 9 }),
      contestant("main", rates, { loadBusy: 1 }),
      contestant("this again", [1100, 1100, 1100], { cpuMicroseconds: 9 }),
      contestant("main again", rates),
    ];
    const [a, b, aAgain, bAgain] = all.map(({ rounds }) => rounds);
    const sides = [[a!, aAgain!] as const, [b!, bAgain!] as const] as const;
    const comparison = {
      rate: compare(...sides, "rate"),
      cpuMicroseconds: compare(...sides, "cpuMicroseconds"),
    };
    const lines = comparisonTable({ ...scenario(...all), base: "main", comparison }).split("\n");
    expect(lines[0]).toBe("hello: a greeting (load: wrk)");
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ["this", "1,100 ±0.0%", "9.00 ±0.0%"],
        ["main", "1,000 ±0.0% *", "10.00 ±0.0%"],
        ["this/main", "A-A", "a difference is"],
        ["requests/s", "1.100× ±0.0%", "1.000× ±0.0%", "beyond ±0.5%", "faster"],
        ["CPU µs each", "0.900× ±0.0%", "1.000× ±0.0%", "beyond ±0.5%", "faster"],
      ]),
    );
  });

  it("says what failed where there is nothing to compare", () => {
    const all = [
      contestant("this", [1100]),
      contestant("main", [null], { error: "Error: this server can be hello, not topics" }),
    ];
    const comparison = { rate: undefined, cpuMicroseconds: undefined };
    const text = comparisonTable({ ...scenario(...all), base: "main", comparison });
    expect(text).toContain("Failed: main: Error: this server can be hello, not topics");
    expect(text).not.toContain("A-A");
  });
});
