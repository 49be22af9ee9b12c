import { describe, expect, it } from "vitest";
import { canBePaced, canReach, latencyTable, paceAfter } from "../src/latency.ts";
import { page } from "../src/markdown.ts";
import { scenarioTable } from "../src/report.ts";
import { findScenario } from "../src/scenarios.ts";
import { contestant, results, scenario } from "./sample-results.ts";

describe("the fixed rate", () => {
  const after = (...rates: (number | null)[][]): number | undefined => {
    return paceAfter(rates.map((each) => contestant("a", each).rounds));
  };

  it("is 70 % of the base's median for all, whatever the others reached", () => {
    expect(after([100, 300, 200, null], [1000])).toBe(140);
    expect(after([0.1])).toBe(1);
  });

  it("is that of the next contestant where the base failed", () => {
    expect(after([null], [100])).toBe(70);
    expect(after([null])).toBeUndefined();
  });

  it("is for contestants whose own median is not below it", () => {
    const can = (rates: (number | null)[]): boolean => canReach(contestant("a", rates).rounds, 140);
    expect([can([140, 140]), can([139, 139]), can([null])]).toEqual([true, false, false]);
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
    loadLateMicroseconds?: number,
  ): { rate: number; rounds: ReturnType<typeof contestant>["rounds"] } => {
    const late = loadLateMicroseconds === undefined ? {} : { loadLateMicroseconds };
    const { rounds } = contestant("", [of, of, null], { p50Microseconds: 80, serverBusy: 0.6, ...late });
    return { rate, rounds };
  };
  const measured = scenario(
    { ...contestant("bun", [1000]), paced: paced(700, 699, 20) },
    { ...contestant("raw", [2000], { kind: "limit" }), paced: paced(700, 500) },
    { ...contestant("hono", [600]), paced: { rate: 700, rounds: [] } },
    contestant("mantou", [500]),
  );

  it("has who was measured so, and says who did not keep up", () => {
    expect(latencyTable(measured)).toEqual([
      ["at 70 % of the base's rate", "requests/s", "p50 ms", "p99 ms", "load's p99 ms", "server busy"],
      ["bun", "700", "0.080 ±0.0%", "0.500 ±0.0%", "0.020 ±0.0%", "60 %"],
      ["raw (limit)", "700, reached 500", "0.080 ±0.0%", "0.500 ±0.0%", "–", "60 %"],
      ["hono", "700, more than it can", "–", "–", "–", "–"],
    ]);
    expect(latencyTable(scenario(contestant("bun", [1000])))).toEqual([]);
  });

  it("stands under the other, on the terminal and in the page", () => {
    expect(scenarioTable(measured)).toMatch(/\n {2}at 70 % of the base's rate +requests\/s/);
    expect(page([results(measured)])).toContain("\n\n| at 70 % of the base's rate | requests/s |");
  });
});
