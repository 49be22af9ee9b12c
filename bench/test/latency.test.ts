import { describe, expect, it } from "vitest";
import { canBePaced, latencyTable, paceAfter } from "../src/latency.ts";
import { page } from "../src/markdown.ts";
import { scenarioTable } from "../src/report.ts";
import { findScenario } from "../src/scenarios.ts";
import { contestant, results, scenario } from "./sample-results.ts";

describe("the fixed rate", () => {
  it("is 70 % of the median of what was found", () => {
    expect(paceAfter(contestant("a", [100, 300, 200, null]).rounds)).toBe(140);
    expect(paceAfter(contestant("a", [null]).rounds)).toBeUndefined();
    expect(paceAfter(contestant("a", [0.1]).rounds)).toBe(1);
  });

  it("is for HTTP, request by request on connections that stay", () => {
    const can = (name: string): boolean => canBePaced(findScenario(name));
    expect(["hello", "json", "hello-tls", "file-1m"].filter((name) => !can(name))).toEqual([]);
    expect(["pipelined", "connections", "file-1g", "chat-16", "upgrades"].filter(can)).toEqual([]);
  });
});

describe("the table of latencies", () => {
  const paced = (
    rate: number,
    of: number,
  ): { rate: number; rounds: ReturnType<typeof contestant>["rounds"] } => {
    const { rounds } = contestant("", [of, of, null], { p50Microseconds: 80, serverBusy: 0.6 });
    return { rate, rounds };
  };
  const measured = scenario(
    { ...contestant("bun", [1000]), paced: paced(700, 699) },
    { ...contestant("raw", [2000], { kind: "limit" }), paced: paced(1400, 1000) },
    contestant("mantou", [500]),
  );

  it("has who was measured so, and says who did not keep up", () => {
    expect(latencyTable(measured)).toEqual([
      ["at 70 % of its own rate", "requests/s", "p50 ms", "p99 ms", "server busy"],
      ["bun", "700", "0.080 ±0.0%", "0.500 ±0.0%", "60 %"],
      ["raw (limit)", "1,400, reached 1,000", "0.080 ±0.0%", "0.500 ±0.0%", "60 %"],
    ]);
    expect(latencyTable(scenario(contestant("bun", [1000])))).toEqual([]);
  });

  it("stands under the other, on the terminal and in the page", () => {
    expect(scenarioTable(measured)).toMatch(/\n {2}at 70 % of its own rate +requests\/s/);
    expect(page([results(measured)])).toContain("\n\n| at 70 % of its own rate | requests/s |");
  });
});
