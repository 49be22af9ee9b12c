import { readFileSync } from "node:fs";
import { UsageError } from "../arguments.ts";
import type { RunRecord } from "../results.ts";

/** What `--json` writes. */
export interface StartupResults extends RunRecord {
  readonly format: 1;
  readonly kind: "startup";
  readonly contestants: readonly StartupContestantResult[];
}

export interface StartupContestantResult {
  readonly name: string;
  /** Milliseconds from the start of the process to its first response, for each round; null where nothing is kept between two starts. */
  readonly cold: readonly number[] | null;
  readonly warm: readonly number[];
  /** The first failure, if any. */
  readonly error?: string;
}

/** @throws UsageError when it is not a file of a run. */
export function readStartupResults(path: string): StartupResults {
  let results: StartupResults | undefined;
  try {
    results = JSON.parse(readFileSync(path, "utf8")) as StartupResults;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  if (results.format !== 1 || results.kind !== "startup") {
    throw new UsageError(`${path} is not written by --json of this program`);
  }
  return results;
}
