import { describe, expect, it } from "vitest";
import type { IdleResults } from "../../src/idle/results.ts";
import { section, table } from "../../src/idle/table.ts";

const KB = 1024;
const MB = 1024 * KB;

const results: IdleResults = {
  format: 1,
  kind: "idle",
  date: "2026-01-01T00:00:00.000Z",
  command: "node bench/dist/idle/main.js",
  machine: { cpu: "Abacus 3000", cores: 2, memory: 8 * 1024 * MB, kernel: "6.1", platform: "linux x64" },
  versions: { node: "26.10.0" },
  rounds: 3,
  connections: 1_000,
  talking: 100,
  settleSeconds: 3,
  note: "",
  contestants: [
    {
      name: "mantou",
      kind: "server",
      rounds: [4, 5, 9].map((each) => {
        return {
          before: 50 * MB,
          open: 50 * MB + each * 1_000 * KB,
          talked: 50 * MB + (each + 1) * 1_000 * KB,
        };
      }),
    },
    { name: "net", kind: "limit", rounds: [{ before: 40 * MB, open: 41 * MB, talked: null }] },
    { name: "ws", kind: "server", rounds: [], error: "Error: no such\nfile" },
  ],
};

describe("table", () => {
  const lines = table(results);

  it("divides what was added by the connections that added it", () => {
    expect(lines).toContain("| mantou | 5.0 ±25.0% | 10.0 ±0.0% | 50.0 ±0.0% |");
    expect(lines).toContain("| net (*limit*) | 1.0 | – | 40.0 |");
  });

  it("is well-formed, and names failures", () => {
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.split("|").length))).toEqual(new Set([6]));
    expect(lines.at(-1)).toBe("- Failed: ws: Error: no such");
  });

  it("says that there were fewer connections than asked for", () => {
    expect(lines.join("\n")).not.toContain("ulimit");
    expect(table({ ...results, note: "too few (ulimit -n)" })).toContain("- too few (ulimit -n)");
  });
});

describe("section", () => {
  it("has a part for each run and says who takes part", () => {
    const text = section([results, { ...results, versions: { node: "20.19.0" } }]);
    expect(text).toContain("### Node.js 26.10.0, idle connections");
    expect(text).toContain("### Node.js 20.19.0, idle connections");
    expect(text).toMatch(/^- \*\*mantou\*\* without compression\.$/m);
    expect(text).not.toContain("**bun**");
  });
});
