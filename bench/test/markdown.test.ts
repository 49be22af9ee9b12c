import { describe, expect, it } from "vitest";
import { page } from "../src/markdown.ts";
import { withSection } from "../src/page-section.ts";
import type { Results } from "../src/results.ts";
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
    expect(lines).toContain(
      "a greeting. Load: wrk. Measured 2026-01-02 03:04 UTC at 1648f86. Ratios are to bun.",
    );
    expect(lines).toContain("- 3 rounds of 2 s after 1 s of warm-up, 2026-01-02");
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

  it("says of which days the scenarios are", () => {
    const later = { ...scenario(contestant("bun", [1])), date: "2026-01-05T00:00:00.000Z", commit: "" };
    const several = page([results(scenario(contestant("bun", [1])), later)]);
    expect(several).toContain("of warm-up, 2026-01-02 to 2026-01-05\n");
    expect(several).toContain("Measured 2026-01-05 00:00 UTC. Ratios");
  });

  it("replaces the lines of Node.js that it has, keeps others, and the sections of other programs", () => {
    const node = (version: string, command: string): Results => {
      return { ...results(scenario(contestant("bun", [1, 1, 1]))), versions: { node: version }, command };
    };
    const old = withSection(
      page([node("24.1.0", "old 24"), node("26.1.0", "old 26"), node("20.1.0", "old 20")]),
      "micro",
      "## Parsers",
    );
    const written = page([node("26.2.0", "new 26"), node("22.2.0", "new 22")], old);
    const headings = [...written.matchAll(/^## .*$|^(?:old|new) \d+$|^<!-- .*$/gm)].map(([found]) => found);
    expect(headings).toEqual([
      ...["## Node.js 26.2.0", "new 26", "## Node.js 24.1.0", "old 24"],
      ...["## Node.js 22.2.0", "new 22", "## Node.js 20.1.0", "old 20"],
      expect.stringContaining("begin: written by bench/dist/micro"),
      "## Parsers",
      expect.stringContaining("end: written by bench/dist/micro"),
    ]);
    expect(page([node("26.2.0", "new 26")], written)).toBe(written);
  });

  it("escapes the asterisk of a remark and ends with one line break", () => {
    expect(text).toMatch(/^- \\\* The load held/m);
    expect(text).toMatch(/[^\n]\n$/);
  });
});
