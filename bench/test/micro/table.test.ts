import { describe, expect, it } from "vitest";
import type { MicroResults } from "../../src/micro/results.ts";
import { caseLines, duration, preamble, section } from "../../src/micro/table.ts";

const results: MicroResults = {
  format: 1,
  kind: "micro",
  date: "2026-01-01T00:00:00.000Z",
  command: "node bench/dist/micro/main.js tiny",
  machine: { cpu: "Abacus 3000", cores: 2, memory: 8 * 2 ** 30, kernel: "6.1", platform: "linux x64" },
  loadAverage: 0.25,
  versions: { node: "26.10.0", "@mantou/http1": "0.1.0" },
  rounds: 3,
  window: 300,
  warmUp: 200,
  cases: [
    {
      name: "tiny",
      title: "a head",
      bytes: 53,
      bodyBytes: 13,
      contestants: [
        { name: "mantou", nanoseconds: [500, 400, 600] },
        { name: "node", nanoseconds: [1000, 600, 1200] },
      ],
    },
    {
      name: "chunked",
      title: "a body",
      bytes: 1_100_000,
      bodyBytes: 1_000_000,
      contestants: [
        { name: "mantou", nanoseconds: [50_000, 50_000, 50_000] },
        { name: "node", nanoseconds: [500_000, 500_000, 500_000] },
      ],
    },
  ],
};

describe("duration", () => {
  it("has three digits and a unit that suits", () => {
    expect([1.234, 12.34, 987.6, 1234, 56_789, 1_234_567].map(duration)).toEqual([
      "1.23 ns",
      "12.3 ns",
      "988 ns",
      "1.23 µs",
      "56.8 µs",
      "1235 µs",
    ]);
  });
});

describe("caseLines", () => {
  it("shows the median, its spread, and ratios that were taken round by round", () => {
    expect(caseLines(results.cases[0]!).split("\n")).toEqual([
      "tiny: a head",
      "  mantou             500 ns ±10.0%",
      "  node              1.00 µs ±15.0%  2.00× ±6.3%",
      "",
    ]);
  });

  it("shows throughput where content is the point", () => {
    expect(caseLines(results.cases[1]!)).toMatch(/mantou .* 20 GB\/s\n {2}node .* 10\.0× ±0\.0% +2\.0 GB\/s/);
  });
});

describe("section", () => {
  const lines = section([results, { ...results, versions: { node: "20.19.0" } }]).split("\n");

  it("states the circumstances of each run, and explains the contestants", () => {
    expect(lines).toContain("### Node.js 26.10.0, parsers");
    expect(lines).toContain("### Node.js 20.19.0, parsers");
    expect(lines).toContain(results.command);
    expect(lines).toContain("- Abacus 3000, 2 cores, 8 GB, linux x64, kernel 6.1, load average 0.3 before");
    for (const line of preamble(results).trim().split("\n")) expect(lines).toContain(`- ${line}`);
    expect(lines.filter((line) => line.startsWith("- **")).map((line) => line.split("**")[1])).toEqual([
      "mantou",
      "node",
    ]);
  });

  it("has well-formed tables", () => {
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(8);
    expect(new Set(rows.map((row) => row.split("|").length))).toEqual(new Set([5]));
    expect(rows[2]).toBe("| **tiny**<br>a head | 500 ns ±10.0% | 1.00 µs ±15.0%<br>2.00× ±6.3% |");
  });
});
