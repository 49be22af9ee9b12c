import { foreignLimit } from "./disturbance.ts";
import type { Round } from "./measure.ts";
import type { ContestantResult, ScenarioResult } from "./results.ts";
import { ratios, type Summary, summarize } from "./stats.ts";

/** The quantities a table shows, each with the field of a round it is taken from. */
export type Metric = "rate" | "cpu" | "p50" | "p99" | "memory";

export const metrics: Readonly<
  Record<Metric, "rate" | "cpuMicroseconds" | "p50Microseconds" | "p99Microseconds" | "peakMemory">
> = {
  rate: "rate",
  cpu: "cpuMicroseconds",
  p50: "p50Microseconds",
  p99: "p99Microseconds",
  memory: "peakMemory",
};

/** Above this a contestant's rounds are called noisy: differences of 5 % are the smallest that matter here. */
const spreadLimit = 0.05;

/** With fewer rounds a spread says nothing. */
const roundsToJudge = 3;

/** A server less busy than this was not the limit of its own rate. */
const saturated = 0.9;

/** A load busier than this, and than the server, was a limit as well. */
const exhausted = 0.97;

export interface Row {
  readonly name: string;
  readonly kind: "server" | "limit";
  readonly isBase: boolean;
  readonly values: Readonly<Record<Metric, Summary>>;
  /** To the base's neighbouring round; `undefined` for the base itself and where the base failed. */
  readonly ratios: Readonly<Record<Metric, Summary>> | undefined;
  /** Microseconds of the server's CPU time for each operation that were spent in user mode; median. */
  readonly userMicroseconds: number;
  /** Median shares, 0 to 1. */
  readonly serverBusy: number;
  readonly loadBusy: number;
  /** Whether the load held the server back, so that the rate is not the server's own limit. */
  readonly heldBack: boolean;
  /** Why these numbers are not to be trusted; empty when nothing speaks against them. */
  readonly noise: readonly string[];
}

export interface Failure {
  readonly name: string;
  readonly error: string;
}

export interface Analysis {
  readonly rows: readonly Row[];
  readonly failures: readonly Failure[];
  /** The leader, or the reason why there is none. */
  readonly verdict: string;
}

export function analyse(scenario: ScenarioResult): Analysis {
  const base = scenario.contestants.find((contestant) => contestant.name === scenario.base);
  const rows: Row[] = [];
  const failures: Failure[] = [];
  for (const contestant of scenario.contestants) {
    const row = toRow(contestant, scenario.contestants.length > 1 ? base : undefined);
    if (row !== undefined) rows.push(row);
    if (contestant.error !== undefined) failures.push({ name: contestant.name, error: contestant.error });
  }
  return { rows, failures, verdict: judge(scenario, rows) };
}

function toRow(contestant: ContestantResult, base: ContestantResult | undefined): Row | undefined {
  const finished = contestant.rounds.filter((round) => round !== null);
  if (finished.length === 0) return undefined;
  const isBase = contestant === base;
  const values = each((metric) => summarize(pick(finished, metric)));
  const comparable = base !== undefined && !isBase && roundRatios(contestant, base, "rate").length > 0;
  const compared = comparable
    ? each((metric) => summarizeRatios(roundRatios(contestant, base, metrics[metric])))
    : undefined;
  const median = (field: keyof Round): number =>
    summarize(finished.map((round) => Number(round[field]))).median;
  const serverBusy = median("serverBusy");
  const loadBusy = median("loadBusy");

  const noise: string[] = [];
  // A drift that all contestants share moves the rates but not the ratios, so the ratio is what is judged if there is one.
  const spread = isBase ? 0 : (compared?.rate ?? values.rate).spread;
  if (spread > spreadLimit) noise.push(`the middle half of its rounds spans ${percent(spread)}`);
  for (const [core, field] of [
    ["server", "serverForeign"],
    ["load", "loadForeign"],
  ] as const) {
    const foreign = median(field);
    if (foreign > foreignLimit) noise.push(`others took ${percent(foreign)} of the ${core}'s core`);
  }
  return {
    name: contestant.name,
    kind: contestant.kind,
    isBase,
    values,
    ratios: compared,
    userMicroseconds: median("userMicroseconds"),
    serverBusy,
    loadBusy,
    heldBack: serverBusy < saturated || (loadBusy > exhausted && loadBusy >= serverBusy),
    noise,
  };
}

function judge(scenario: ScenarioResult, rows: readonly Row[]): string {
  const servers = rows
    .filter((row) => row.kind === "server")
    .sort((a, b) => b.values.rate.median - a.values.rate.median);
  const [leader, second] = servers;
  if (leader === undefined || second === undefined) return "";
  const [a, b] = [leader, second].map((row) => scenario.contestants.find(({ name }) => name === row.name)!);
  const between = roundRatios(a!, b!, "rate");
  if (between.length < roundsToJudge) return `Fewer than ${roundsToJudge} rounds: too few to name a leader.`;
  const { median, low, high, spread } = summarize(between);
  const noisy = [leader, second].filter((row) => row.noise.length > 0).map((row) => row.name);
  if (noisy.length > 0) return `Too noisy to name a leader, see ${noisy.join(" and ")}.`;
  if (spread > spreadLimit) {
    return `Too noisy to name a leader: from round to round ${leader.name} to ${second.name} varies by ${percent(spread)}.`;
  }
  const range = `${median.toFixed(2)}× (${low.toFixed(2)}–${high.toFixed(2)})`;
  if (low <= 1) return `No leader: ${leader.name} to ${second.name} is ${range}, within the noise.`;
  return `${leader.name} leads with ${range} the rate of ${second.name}.${caveatOf(leader, second)}`;
}

/** A second that was held back may be the faster of the two. */
function caveatOf(leader: Row, second: Row): string {
  if (second.heldBack) {
    const held = leader.heldBack ? "both" : second.name;
    return ` The load held ${held} back: these rates do not say which is faster, compare the CPU time.`;
  }
  return leader.heldBack ? " The load held it back: it may be faster than that, compare the CPU time." : "";
}

function roundRatios(of: ContestantResult, to: ContestantResult, field: keyof Round): number[] {
  const values = (contestant: ContestantResult): (number | undefined)[] => {
    return contestant.rounds.map((round) => (round === null ? undefined : Number(round[field])));
  };
  return ratios(values(of), values(to));
}

/** wrk's percentiles are 0 where many responses share a write: then there is nothing to compare with. */
function summarizeRatios(values: readonly number[]): Summary {
  const none = Number.NaN;
  return values.length > 0
    ? summarize(values)
    : { median: none, low: none, high: none, spread: none, count: 0 };
}

function pick(rounds: readonly Round[], metric: Metric): number[] {
  return rounds.map((round) => round[metrics[metric]]);
}

function each<T>(make: (metric: Metric) => T): Record<Metric, T> {
  return {
    rate: make("rate"),
    cpu: make("cpu"),
    p50: make("p50"),
    p99: make("p99"),
    memory: make("memory"),
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
