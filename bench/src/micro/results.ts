import { readFileSync } from "node:fs";
import { UsageError } from "../arguments.ts";
import type { RunRecord } from "../results.ts";

/** What `--json` writes. */
export interface MicroResults extends RunRecord {
  readonly format: 1;
  readonly kind: "micro";
  /** Processes that wanted to run, mean over the minute before the run began: above 1 others were at work. */
  readonly loadAverage: number;
  /** Milliseconds of CPU time measured in each round, and before it. */
  readonly window: number;
  readonly warmUp: number;
  readonly cases: readonly MicroCaseResult[];
}

export interface MicroCaseResult {
  readonly name: string;
  readonly title: string;
  /** Of one operation. */
  readonly bytes: number;
  readonly bodyBytes: number;
  /** In the order in which they took turns. */
  readonly contestants: readonly MicroContestantResult[];
}

export interface MicroContestantResult {
  readonly name: string;
  /** CPU time of one operation, a number for each round. */
  readonly nanoseconds: readonly number[];
}

/** @throws UsageError when it is not a file of a run. */
export function readMicroResults(path: string): MicroResults {
  let results: MicroResults | undefined;
  try {
    results = JSON.parse(readFileSync(path, "utf8")) as MicroResults;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  if (results.format !== 1 || results.kind !== "micro") {
    throw new UsageError(`${path} is not written by --json of this program`);
  }
  return results;
}
