import { describe, expect, it } from "vitest";
import { page } from "../src/markdown.ts";
import { contestant, results, scenario } from "./sample-results.ts";

describe("page", () => {
  const text = page([
    results(
      scenario(
        contestant("bun", [1000, 1000, 1000]),
        contestant("raw", [2000, 2000, 2000], { kind: "limit", serverBusy: 0.8 }),
      ),
    ),
    { ...results(), versions: { node: "20.19.0" } },
  ]);
  const lines = text.split("\n");

  it("has a section for each run, with its circumstances and its command", () => {
    expect(lines).toContain("## Node.js 26.10.0");
    expect(lines).toContain("## Node.js 20.19.0");
    expect(lines).toContain("- Abacus 3000, 2 cores, 8 GB, linux x64, kernel 6.1");
    expect(lines).toContain("node bench/dist/main.js hello");
    expect(lines).toContain("a greeting. Load: wrk. Ratios are to bun.");
  });

  it("has well-formed tables: as many cells in each row as in the head", () => {
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.split("|").length))).toEqual(new Set([14]));
    expect(rows[2]).toBe(
      "| bun | 1,000 ±0.0% | 1 | 10.00 ±0.0% (4.00) | 1 | 0.300 ±0.0% | 1 | 0.500 ±0.0% | 1 | 50.0 ±0.0% | 1 | 99 %, 70 % |",
    );
    expect(rows[3]).toMatch(/^\| raw \(\*limit\*\) \| 2,000 ±0.0% \| 2.00× ±0.0% \|.*\| 80 %, 70 % \\\* \|$/);
  });

  it("escapes the asterisk of a remark and ends with one line break", () => {
    expect(text).toMatch(/^- \\\* The load held/m);
    expect(text).toMatch(/[^\n]\n$/);
  });
});
