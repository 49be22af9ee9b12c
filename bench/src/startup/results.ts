import { readFileSync } from "node:fs";
import { UsageError } from "../arguments.ts";
import type { RunRecord } from "../results.ts";

/** What `--json` writes. */
export interface StartupResults extends RunRecord {
  readonly format: 1;
  readonly kind: "startup";
  readonly contestants: readonly StartupContestantResult[];
}

/** What a process took by the time at which its module had run. */
export interface Taken {
  /** Milliseconds of CPU, user and system. */
  readonly cpu: number;
  /** The most physical memory, in bytes. */
  readonly memory: number;
}

export interface StartupContestantResult {
  readonly name: string;
  /** Milliseconds from the start of the process to its first response, for each round; null where nothing is kept between two starts. */
  readonly cold: readonly number[] | null;
  /** Of a module that only loads something: until its process has ended. */
  readonly warm: readonly number[];
  /** What a module that only loads something took in each round. */
  readonly taken?: readonly Taken[];
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
