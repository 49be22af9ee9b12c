import type { Round } from "../measure.ts";
import { quantile, type Summary, summarize } from "../stats.ts";

/**
 * Whether two builds differ, judged by how much one build differs from itself. In each round four processes take turns:
 * this, that, this again, that again. Neighbours of different builds give two ratios this/that; the two processes of each
 * build give two ratios of the same code (A-A), which is what the machine and the chance of a process's memory layout and
 * compilation make of no difference at all.
 */

/** The rounds of one build, of its first process and of its second; `null` where one failed. */
export type Side = readonly [first: readonly (Round | null)[], again: readonly (Round | null)[]];

export type Compared = "rate" | "cpuMicroseconds";

export type Verdict = "held" | "faster" | "slower" | "too few rounds";

export interface Comparison {
  /** this/that, two for each round. */
  readonly between: Summary;
  /** A/A, two for each round: this/this again, that/that again. */
  readonly within: Summary;
  /** How far from 1 the median of `between` has to be, as a share, before it is a difference. */
  readonly threshold: number;
  readonly verdict: Verdict;
}

/** With fewer rounds a spread says nothing. */
const roundsToJudge = 3;

/** No layout of a process's memory is known to matter less than this, and clock ticks are 10 ms. */
const leastThreshold = 0.005;

/** By chance alone, one comparison in a hundred of 3 rounds is called a difference, and one in two hundred of 5 (simulated). */
const standardErrors = 3;

/** @returns undefined when no round gave a ratio */
export function compare(mine: Side, theirs: Side, metric: Compared): Comparison | undefined {
  const rounds = Math.min(...[...mine, ...theirs].map((of) => of.length));
  const between: number[] = [];
  const within: number[] = [];
  let complete = 0;
  for (let round = 0; round < rounds; round++) {
    const [a, aAgain, b, bAgain] = [...mine, ...theirs].map((of) => of[round]?.[metric]);
    // A round counts whole, so that both kinds of ratios are of the same processes.
    if (!a || !b || !aAgain || !bAgain) continue;
    complete++;
    between.push(a / b, aAgain / bAgain);
    within.push(a / aAgain, b / bAgain);
  }
  if (complete === 0) return undefined;
  const threshold = Math.max(leastThreshold, medianError(between, within) * standardErrors);
  const summary = summarize(between);
  return {
    between: summary,
    within: summarize(within),
    threshold,
    verdict: complete < roundsToJudge ? "too few rounds" : judge(summary.median, threshold, metric),
  };
}

function judge(ratio: number, threshold: number, metric: Compared): Verdict {
  if (Math.abs(Math.log(ratio)) <= Math.log1p(threshold)) return "held";
  const more = ratio > 1;
  return more === (metric === "rate") ? "faster" : "slower";
}

/**
 * The standard error of the median of `between`, as a share, if the builds were the same. What scatters is estimated from A-A
 * about 1, and from this/that about its own median; the larger counts, since a few values can agree by chance.
 */
function medianError(between: readonly number[], within: readonly number[]): number {
  const logs = (values: readonly number[]): number[] => values.map((value) => Math.log(value));
  const center = quantile(logs(between), 0.5);
  const scatter = Math.max(deviation(logs(within)), deviation(logs(between).map((value) => value - center)));
  // √(π/2) is what a median's error is to a mean's, for values that scatter normally.
  return Math.expm1(Math.sqrt(Math.PI / 2 / between.length) * scatter);
}

/** The standard deviation about 0, from the median of the distances: one disturbed round must not move it. */
function deviation(values: readonly number[]): number {
  const distances = values.map(Math.abs);
  return quantile(distances, 0.5) * 1.4826;
}
