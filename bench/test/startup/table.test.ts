import { describe, expect, it } from "vitest";
import type { StartupResults, Taken } from "../../src/startup/results.ts";
import { section, table } from "../../src/startup/table.ts";

const results: StartupResults = {
  format: 1,
  kind: "startup",
  date: "2026-01-01T00:00:00.000Z",
  command: "node bench/dist/startup/main.js",
  machine: { cpu: "Abacus 3000", cores: 2, memory: 8 * 2 ** 30, kernel: "6.1", platform: "linux x64" },
  versions: { node: "26.10.0" },
  rounds: 3,
  contestants: [
    { name: "mantou", cold: [300, 310, 320], warm: [110, 120, 130] },
    { name: "tsx", cold: [], warm: [], error: "Error: no such\nfile" },
    { name: "node", cold: null, warm: [100, 80, 130] },
  ],
};

describe("table", () => {
  const lines = table(results);

  it("has the medians, and the median of each round's ratio to node", () => {
    expect(lines).toContain("| mantou | 310 ±1.6% | 120 ±4.2% | 1.10× |");
    expect(lines).toContain("| node | – | 100 ±12.5% | 1.00× |");
  });

  it("is well-formed, and names failures", () => {
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((cells) => cells.split("|").length))).toEqual(new Set([6]));
    expect(lines.at(-1)).toBe("- Failed: tsx: Error: no such");
  });

  it("has those that only load something by themselves, with what they take above Node's own parts", () => {
    const taken = (cpu: number[]): Taken[] => cpu.map((each) => ({ cpu: each, memory: 60e6 }));
    const parts = { name: "parts", cold: null, warm: [70, 80, 90], taken: taken([50, 60, 70]) };
    const loading = { name: "import", cold: null, warm: [120, 130, 140], taken: taken([80, 95, 99]) };
    const both = table({ ...results, contestants: [...results.contestants, parts, loading] });
    expect(both).toContain("| parts | 80 ±6.3% | 60 ±8.3% | 0.0 | 60.0 |");
    expect(both).toContain("| import | 130 ±3.8% | 95 ±5.0% | 30.0 | 60.0 |");
    expect(both.filter((line) => line.startsWith("| parts"))).toHaveLength(1);
    const alone = table({ ...results, contestants: [loading] });
    expect(alone).toContain("| import | 130 ±3.8% | 95 ±5.0% | – | 60.0 |");
    expect(alone.filter((line) => line.includes("cold, ms"))).toEqual([]);
  });

  it("has no ratios without node", () => {
    const contestants = results.contestants.slice(0, 1);
    expect(table({ ...results, contestants })).toContain("| mantou | 310 ±1.6% | 120 ±4.2% | – |");
  });
});

describe("section", () => {
  it("has a part for each run and says who takes part", () => {
    const text = section([results, { ...results, versions: { node: "20.19.0" } }]);
    expect(text).toContain("### Node.js 26.10.0, start");
    expect(text).toContain("### Node.js 20.19.0, start");
    expect(text).toMatch(/^- \*\*node\*\* is `node hello\.mjs`/m);
    expect(text).not.toContain("**bun**");
  });
});
