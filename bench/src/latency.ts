import { metrics } from "./analysis.ts";
import { count, value } from "./format.ts";
import type { Round } from "./measure.ts";
import type { ScenarioResult } from "./results.ts";
import type { Scenario } from "./scenario.ts";
import { summarize } from "./stats.ts";

/**
 * Latencies under a fixed rate. In the other rounds the load sends as many requests as the server can take, so their latencies show
 * how long the queue is; these are the latencies of a server that is not saturated.
 */

/** The share of its own median rate, 0 to 1, at which each contestant is then measured. */
export const latencyShare = 0.7;

/** A load that reached less of its rate than this was waiting for the server. */
const reached = 0.98;

/** Whether its requests can be sent one by one, at times that do not depend on the responses. */
export function canBePaced(scenario: Scenario): boolean {
  return (
    scenario.kind === "http" && scenario.pipeline === 1 && !scenario.fresh && scenario.unit === "requests"
  );
}

/** The rate for a contestant that had these rounds, or undefined if none was finished. */
export function paceAfter(rounds: readonly (Round | null)[]): number | undefined {
  const rates = rounds.filter((round) => round !== null).map(({ rate }) => rate);
  return rates.length === 0 ? undefined : Math.max(1, Math.round(summarize(rates).median * latencyShare));
}

export const latencyHeading: string = `at ${latencyShare * 100} % of its own rate`;

/** A table of cells, its head first; empty if nothing of that kind was measured. */
export function latencyTable(scenario: ScenarioResult): string[][] {
  const lines: string[][] = [];
  for (const { name, kind, paced } of scenario.contestants) {
    const rounds = (paced?.rounds ?? []).filter((round) => round !== null);
    if (paced === undefined || rounds.length === 0) continue;
    const median = summarize(rounds.map(({ rate }) => rate)).median;
    const note = median < paced.rate * reached ? `, reached ${count(median)}` : "";
    const cells = (["p50", "p99"] as const).map((metric) => {
      return value(metric, summarize(rounds.map((round) => round[metrics[metric]])));
    });
    const busy = summarize(rounds.map(({ serverBusy }) => serverBusy)).median;
    const shown = kind === "limit" ? `${name} (limit)` : name;
    lines.push([shown, `${count(paced.rate)}${note}`, ...cells, `${(busy * 100).toFixed(0)} %`]);
  }
  if (lines.length === 0) return [];
  return [[latencyHeading, `${scenario.unit}/s`, "p50 ms", "p99 ms", "server busy"], ...lines];
}
