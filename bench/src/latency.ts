import { metrics } from "./analysis.ts";
import { count, value } from "./format.ts";
import type { Round } from "./measure.ts";
import type { ScenarioResult } from "./results.ts";
import type { Scenario } from "./scenario.ts";
import { summarize } from "./stats.ts";

/**
 * Latencies under a fixed rate. In the other rounds the load sends as many requests as the server can take, so their latencies show
 * how long the queue is; these are the latencies of a server that is not saturated. All get the same number of requests: one that is faster
 * would else be asked for more, and be compared under another load.
 */

/** The share, 0 to 1, of the base's median rate at which all contestants are then measured. */
const latencyShare = 0.7;

/** A load that reached less of its rate than this was waiting for the server. */
const reached = 0.98;

/** The cells of a contestant that was not measured. */
const dashes = ["–", "–", "–", "–"];

/** Whether its requests can be sent one by one, at times that do not depend on the responses. */
export function canBePaced(scenario: Scenario): boolean {
  return (
    scenario.kind === "http" && scenario.pipeline === 1 && !scenario.fresh && scenario.unit === "requests"
  );
}

type Rounds = readonly (Round | null)[];

/** The rate for all, from the rounds of each contestant, the base first: that of the first one that finished a round. */
export function paceAfter(all: readonly Rounds[]): number | undefined {
  const base = all.map(medianRate).find((rate) => rate !== undefined);
  return base === undefined ? undefined : Math.max(1, Math.round(base * latencyShare));
}

/** Whether a contestant that had these rounds can reach a rate. Otherwise its queue would grow until the window ends. */
export function canReach(rounds: Rounds, rate: number): boolean {
  return (medianRate(rounds) ?? 0) >= rate;
}

function medianRate(rounds: Rounds): number | undefined {
  const rates = rounds.filter((round) => round !== null).map(({ rate }) => rate);
  return rates.length === 0 ? undefined : summarize(rates).median;
}

export const latencyHeading: string = `at ${latencyShare * 100} % of the base's rate`;
/** The heading of how late the load itself was. */
export const lateHeading = "load's p99 ms";
/** The heading in pages of runs before 2026-12, whose contestants each got a rate of their own. */
export const ownLatencyHeading: string = `at ${latencyShare * 100} % of its own rate`;

/** A table of cells, its head first; empty if nothing of that kind was measured. */
export function latencyTable(scenario: ScenarioResult): string[][] {
  const lines: string[][] = [];
  for (const { name, kind, paced } of scenario.contestants) {
    if (paced === undefined) continue;
    const shown = kind === "limit" ? `${name} (limit)` : name;
    const rounds = paced.rounds.filter((round) => round !== null);
    if (rounds.length === 0) {
      if (paced.rounds.length === 0) lines.push([shown, `${count(paced.rate)}, more than it can`, ...dashes]);
      continue;
    }
    const median = summarize(rounds.map(({ rate }) => rate)).median;
    const note = median < paced.rate * reached ? `, reached ${count(median)}` : "";
    const cells = (["p50", "p99"] as const).map((metric) => {
      return value(metric, summarize(rounds.map((round) => round[metrics[metric]])));
    });
    const busy = summarize(rounds.map(({ serverBusy }) => serverBusy)).median;
    const late = rounds.flatMap(({ loadLateMicroseconds }) => loadLateMicroseconds ?? []);
    lines.push([
      shown,
      `${count(paced.rate)}${note}`,
      ...cells,
      late.length === 0 ? "–" : value("p99", summarize(late)),
      `${(busy * 100).toFixed(0)} %`,
    ]);
  }
  if (lines.length === 0) return [];
  return [[latencyHeading, `${scenario.unit}/s`, "p50 ms", "p99 ms", lateHeading, "server busy"], ...lines];
}
