import { readFileSync } from "node:fs";
import { UsageError } from "../arguments.ts";
import type { RunRecord } from "../results.ts";

/** What `--json` writes. */
export interface IdleResults extends RunRecord {
  readonly format: 1;
  readonly kind: "idle";
  /** Connections that were opened and weighed, those of them that then sent a message, and seconds before each weighing. */
  readonly connections: number;
  readonly talking: number;
  readonly settleSeconds: number;
  /** Why there are fewer connections than asked for; empty when there are not. */
  readonly note: string;
  readonly contestants: readonly IdleContestantResult[];
}

export interface IdleContestantResult {
  readonly name: string;
  readonly kind: "server" | "limit";
  /** One entry for each round that was finished. */
  readonly rounds: readonly IdleRound[];
  /** The first failure, if any. */
  readonly error?: string;
}

/** The server's memory in bytes (RSS). */
export interface IdleRound {
  /** With the connections that are not counted. */
  readonly before: number;
  /** With all of them. */
  readonly open: number;
  /** After some of them have sent a message and got it back; null where nothing is sent. */
  readonly talked: number | null;
}

/** @throws UsageError when it is not a file of a run. */
export function readIdleResults(path: string): IdleResults {
  let results: IdleResults | undefined;
  try {
    results = JSON.parse(readFileSync(path, "utf8")) as IdleResults;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  if (results.format !== 1 || results.kind !== "idle") {
    throw new UsageError(`${path} is not written by --json of this program`);
  }
  return results;
}
