import { describe, expect, it } from "vitest";
import { derive } from "../src/derive.ts";
import { page } from "../src/markdown.ts";
import type { ScenarioResult } from "../src/results.ts";
import { contestant, results, scenario } from "./sample-results.ts";

const MB = 2 ** 20;

const hello = scenario(
  contestant("bun", [1000, 1000, 1000]),
  contestant("mantou", [980, 980, 980], { p99Microseconds: 1000, peakMemory: 80 * MB }),
  contestant("mantou-plain", [2000, 2000, 2000]),
  contestant("node:http", [500, 500, 500], {
    cpuMicroseconds: 20,
    p99Microseconds: 2000,
    peakMemory: 90 * MB,
  }),
  contestant("raw", [3000, 3000, 3000], { kind: "limit", cpuMicroseconds: 1 }),
);

/** The same under a fixed rate, with this p99 in microseconds of each contestant. */
function paced(result: ScenarioResult, p99: Readonly<Record<string, number>>): ScenarioResult {
  const contestants = result.contestants.map((one) => {
    const rounds = one.rounds.map((round) => round && { ...round, p99Microseconds: p99[one.name] ?? 1 });
    return { ...one, paced: { rate: 700, rounds } };
  });
  return { ...result, latency: true, contestants };
}

/** The summary of a run with these scenarios, line by line. */
function summary(...scenarios: ScenarioResult[]): string[] {
  const { page: text } = derive(page([results(...scenarios)]));
  const [, block = ""] =
    /<!-- begin: summary[^\n]*-->\n\n([\s\S]*?)\n\n<!-- end: summary -->/.exec(text) ?? [];
  return block.split("\n");
}

describe("the summary of a run", () => {
  it("has a line for each scenario, with the ratios of its table and the servers that are ahead", () => {
    const upload = { ...hello, name: "upload" };
    expect(summary(hello, upload).filter((line) => line.startsWith("|"))).toEqual([
      "|  | rate | CPU time | p99 | peak memory | ahead of Mantou |",
      "| --- | ---: | ---: | ---: | ---: | --- |",
      "| hello | 0.98× ±0.0% | 1.00× ±0.0% | 2.00× ±0.0% (1.00 ms, full load) | 1.60× ±0.0% | bun: p99, peak memory |",
      "| upload | 0.98× ±0.0% | 1.00× ±0.0% | 2.00× ±0.0% (1.00 ms, full load) | 1.60× ±0.0% | bun: p99, peak memory |",
    ]);
  });

  it("takes p99 at the fixed rate where it was measured", () => {
    const [, , line] = summary(paced(hello, { bun: 800, mantou: 400, "node:http": 300 })).filter((one) =>
      one.startsWith("|"),
    );
    expect(line).toContain("| 0.50× (0.400 ms) |");
    expect(line).toContain("| bun: peak memory; node:http: p99 |");
  });

  it("takes p99 under full load where the load itself was late by more than half of the other", () => {
    const measured = paced(hello, { bun: 800, mantou: 400 });
    const withLateness = (of: Readonly<Record<string, number>>): ScenarioResult => ({
      ...measured,
      contestants: measured.contestants.map((one) => ({
        ...one,
        paced: {
          rate: 700,
          rounds: (one.paced?.rounds ?? []).map(
            (round) => round && { ...round, loadLateMicroseconds: of[one.name] ?? 0 },
          ),
        },
      })),
    });
    expect(summary(withLateness({ bun: 400, mantou: 200 }))[4]).toContain("| 0.50× (0.400 ms) |");
    for (const late of [{ bun: 401 }, { mantou: 201 }]) {
      expect(summary(withLateness(late))[4]).toContain("| 2.00× ±0.0% (1.00 ms, full load) |");
    }
  });

  it("says which rate that was, of a run before all got the same one, too", () => {
    const measured = paced(hello, { bun: 800, mantou: 400 });
    expect(summary(measured)[0]).toContain("p99 is that at 70 % of the base's rate where");
    const old = page([results(measured)]).replace("at 70 % of the base's rate", "at 70 % of its own rate");
    expect(derive(old).page).toContain("p99 is that at 70 % of each one's own rate where");
    expect(derive(old).page).toContain("| 0.50× (0.400 ms) |");
  });

  it("takes p99 under full load where a server cannot reach the fixed rate", () => {
    const measured = paced(hello, { bun: 800, mantou: 400 });
    const contestants = measured.contestants.map((one) => {
      return one.name === "mantou" ? { ...one, paced: { rate: 700, rounds: [] } } : one;
    });
    const [, , line] = summary({ ...measured, contestants }).filter((one) => one.startsWith("|"));
    expect(line).toContain("| 2.00× ±0.0% (1.00 ms, full load) |");
  });

  it("counts the losses to each server, limits and Mantou's own variants left out", () => {
    const slow = scenario(
      contestant("bun", [1000, 1000, 1000]),
      contestant("mantou", [250, 250, 250], { cpuMicroseconds: 40 }),
      contestant("node:http", [200, 200, 200], { cpuMicroseconds: 50 }),
    );
    const lines = summary(hello, { ...slow, name: "slow" }).filter((line) => line.startsWith("- "));
    expect(lines).toEqual([
      "- Of 2 scenarios, bun is ahead by rate in 1 (most in slow: Mantou has 0.25×), by CPU time in 1 (most in slow: Mantou has 4.00×), by p99 in 1 (most in hello: Mantou has 2.00×), by peak memory in 1 (most in hello: Mantou has 1.60×).",
      "- Nowhere ahead: node:http.",
    ]);
  });

  it("is not there where Mantou has no base beside it", () => {
    expect(summary(scenario(contestant("bun", [1, 1, 1]), contestant("ws", [1, 1, 1])))).toEqual([""]);
    expect(summary(scenario(contestant("mantou", [1, 1, 1]), contestant("ws", [1, 1, 1])))).toEqual([""]);
  });

  it("has a dash where nothing was timed", () => {
    const untimed = scenario(
      contestant("bun", [1, 1, 1], { p99Microseconds: 0 }),
      contestant("mantou", [1, 1, 1], { p99Microseconds: 0 }),
    );
    expect(summary(untimed).at(4)).toBe("| hello | 1.00× ±0.0% | 1.00× ±0.0% | – | 1.00× ±0.0% | – |");
  });

  it("replaces the one that the page has", () => {
    const once = derive(page([results(hello)])).page;
    expect(derive(once.replace("bun: p99", "nobody")).page).toBe(once);
  });
});
