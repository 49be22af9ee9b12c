import { measureAllocation } from "./allocation.ts";
import type { Contestant } from "./contestants.ts";
import { foreignLimitOfLatency, leastDisturbed } from "./disturbance.ts";
import { canReach } from "./latency.ts";
import { type MeasureSettings, measureRound, type Round } from "./measure.ts";
import type { ContestantResult } from "./results.ts";
import type { Runtime } from "./runtimes.ts";
import type { Scenario } from "./scenario.ts";

export type Binaries = Readonly<Partial<Record<Contestant["runtime"], Runtime>>>;

/** The state of one contestant. */
export interface Standing {
  readonly contestant: Contestant;
  readonly rounds: (Round | null)[];
  readonly discarded: Round[];
  paced?: { readonly rate: number; readonly rounds: (Round | null)[] };
  allocated?: number;
  error?: string;
}

export function newStanding(contestant: Contestant): Standing {
  return { contestant, rounds: [], discarded: [] };
}

/** How often a round may be repeated: where the two sides share a core or move between cores, a core's count says nothing about others. */
export function repeatsOf({ pinning }: MeasureSettings, wanted: number): number {
  return pinning.pinned && pinning.server !== pinning.load ? wanted : 0;
}

/** A contestant that fails does not run again in this scenario: it would fail in the same way, and slowly. */
export async function takeTurn(
  standing: Standing,
  scenario: Scenario,
  settings: MeasureSettings,
  binaries: Binaries,
  repeats: number,
): Promise<void> {
  if (standing.error !== undefined) {
    standing.rounds.push(null);
    return;
  }
  try {
    const { contestant } = standing;
    const binary = binaries[contestant.runtime]!.binary;
    const measure = (): Promise<Round> => measureRound(contestant, scenario, binary, settings);
    const { kept, discarded } = await leastDisturbed(measure, repeats);
    standing.rounds.push(kept);
    standing.discarded.push(...discarded);
  } catch (error) {
    standing.error = (error as Error).message;
    standing.rounds.push(null);
  }
}

/** Measures under the rate that all get. A contestant that failed the rounds before, or fails now, is left out, and so is one that cannot reach it. */
export async function takePacedTurn(
  standing: Standing,
  rate: number,
  scenario: Scenario,
  settings: MeasureSettings,
  binaries: Binaries,
  repeats: number,
): Promise<void> {
  if (standing.error !== undefined) return;
  standing.paced ??= { rate, rounds: [] };
  if (!canReach(standing.rounds, rate)) return;
  try {
    const { contestant } = standing;
    const binary = binaries[contestant.runtime]!.binary;
    const pace = { ...settings, pace: rate };
    const measure = (): Promise<Round> => measureRound(contestant, scenario, binary, pace);
    const { kept } = await leastDisturbed(measure, repeats, foreignLimitOfLatency);
    standing.paced.rounds.push(kept);
  } catch (error) {
    standing.error = `under a fixed rate: ${(error as Error).message}`;
    standing.paced.rounds.push(null);
  }
}

export async function countAllocations(
  standing: Standing,
  scenario: Scenario,
  settings: MeasureSettings,
  binaries: Binaries,
): Promise<void> {
  const { contestant } = standing;
  if (contestant.runtime !== "node" || standing.error !== undefined) return;
  try {
    const binary = binaries[contestant.runtime]!.binary;
    const allocated = await measureAllocation(contestant, scenario, binary, settings);
    if (allocated !== undefined) standing.allocated = allocated;
  } catch (error) {
    standing.error = `while its allocations were counted: ${(error as Error).message}`;
  }
}

/** Its part of the results. */
export function toResult(standing: Standing): ContestantResult {
  const { contestant, rounds, discarded, paced, allocated, error } = standing;
  return {
    name: contestant.name,
    kind: contestant.kind,
    rounds,
    discarded,
    ...(paced === undefined ? {} : { paced }),
    ...(allocated === undefined ? {} : { allocated }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Shows the current measurement on one line that overwrites itself, if the output is a terminal. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
