import { describe, expect, it } from "vitest";
import { scenarioTable } from "../src/report.ts";
import { contestant, scenario } from "./sample-results.ts";

describe("scenarioTable", () => {
  const table = scenarioTable(
    scenario(
      contestant("bun", [1000, 1000, 1000]),
      contestant("node:http", [500, 500, 500], { serverBusy: 0.5 }),
      contestant("raw", [2000, 2000, 2000], { kind: "limit", loadForeign: 0.4 }),
      contestant("mantou", [null, null, null], {
        error: "node:x:1\n  throw it\n\nTypeError: no serve\n  at y",
      }),
    ),
  ).split("\n");

  it("aligns numbers to the right, under what they are", () => {
    expect(table[0]).toBe("hello: a greeting (load: wrk)");
    expect(table[1]).toMatch(
      /^ +requests\/s +CPU µs each \(user\) +p50 ms +p99 ms +peak MB +server, load busy$/,
    );
    const columnEnd = table[1]!.indexOf("requests/s") + "requests/s".length;
    expect(table[2]!.slice(0, columnEnd)).toMatch(/^ {2}bun +1,000 ±0.0%$/);
    expect(table[3]!.slice(0, columnEnd)).toMatch(/^ {2}node:http +500 ±0.0%$/);
    expect(table[4]!.slice(0, columnEnd)).toMatch(/^ {4}to bun +0.50× ±0.0%$/);
  });

  it("marks limits, and servers that waited for the load", () => {
    expect(table[3]).toMatch(/50 %, 70 % \*$/);
    expect(table[5]).toMatch(/^ {2}raw \(limit\) /);
    expect(table.some((line) => line.startsWith("* The load held the server back"))).toBe(true);
  });

  it("says below who leads, what was noisy and what failed, in a line each", () => {
    const [verdict] = table.filter((line) => line.startsWith("bun leads"));
    expect(verdict).toMatch(
      /^bun leads with 2\.00× \(2\.00–2\.00\) the rate of node:http\. The load held node:http back/,
    );
    expect(table).toContain("Noisy: raw (others took 40 % of the load's core).");
    expect(table).toContain("Failed: mantou: TypeError: no serve");
  });
});
