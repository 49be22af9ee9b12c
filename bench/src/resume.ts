import { existsSync } from "node:fs";
import { UsageError } from "./arguments.ts";
import type { RunCommand } from "./cli.ts";
import { lineUp } from "./contestants.ts";
import { machineLine, placementLine } from "./format.ts";
import { canBePaced } from "./latency.ts";
import type { Results, ScenarioResult } from "./results.ts";
import { readResults } from "./results-file.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

/**
 * Several runs that fill one file. A scenario is measured within one run and replaced as a whole: its ratios are between neighbours in
 * time, so rounds of two days do not mix.
 */

/** What a run wants to know of a scenario. */
export interface Wanted {
  readonly contestants: readonly string[];
  readonly base: string;
  readonly latency: boolean;
  readonly allocations: boolean;
}

type Choice = Pick<RunCommand, "only" | "base" | "latency" | "allocations">;

/** Undefined where none of the chosen contestants takes part. */
export function wantedOf(scenario: Scenario, choice: Choice): Wanted | undefined {
  const contestants = lineUp(scenario, choice.only, choice.base).map(({ name }) => name);
  const [base] = contestants;
  if (base === undefined) return undefined;
  const latency = choice.latency && canBePaced(scenario);
  return { contestants, base, latency, allocations: choice.allocations };
}

/** The results of earlier runs that a command adds to; undefined if it begins anew. @throws UsageError as `readResults` does. */
export function earlierResults(resume: string | undefined): Results | undefined {
  return resume !== undefined && existsSync(resume) ? readResults(resume) : undefined;
}

/**
 * The scenarios of a command that are to be measured: with `redo` all, otherwise those of which something is missing.
 *
 * @throws UsageError when the results would lose something by it.
 */
export function missingScenarios(
  command: Choice & Pick<RunCommand, "scenarios" | "redo" | "resume">,
  earlier: Results | undefined,
): Scenario[] {
  return command.scenarios.filter((scenario) => {
    const wanted = wantedOf(scenario, command);
    if (wanted === undefined) return false;
    const old = earlier?.scenarios.find(({ name }) => name === scenario.name);
    if (old === undefined) return true;
    if (!command.redo && isMeasured(old, wanted)) return false;
    const lost = lostBy(old, wanted);
    if (lost.length === 0) return true;
    throw new UsageError(
      `${command.resume} has more of ${old.name} than this run would measure: ${lost.join(", ")}. A scenario is replaced as a whole, ` +
        "so measure that too, or write another file",
      "brief",
    );
  });
}

/** A failure counts as missing: it may have been the machine's. */
function isMeasured(old: ScenarioResult, wanted: Wanted): boolean {
  const finished = old.contestants.filter(({ error }) => error === undefined).map(({ name }) => name);
  return (
    old.base === wanted.base &&
    wanted.contestants.every((name) => finished.includes(name)) &&
    (old.latency || !wanted.latency) &&
    (old.allocations || !wanted.allocations)
  );
}

function lostBy(old: ScenarioResult, wanted: Wanted): string[] {
  return [
    ...old.contestants.map(({ name }) => name).filter((name) => !wanted.contestants.includes(name)),
    ...(old.latency && !wanted.latency ? ["--latency"] : []),
    ...(old.allocations && !wanted.allocations ? ["--allocations"] : []),
  ];
}

/**
 * The earlier results as a run continues them.
 *
 * @param now the results of this run, which has not measured yet
 * @throws UsageError when its numbers do not belong into one table with the earlier ones.
 */
export function continued(earlier: Results, now: Results, path: string): Results {
  const there = circumstancesOf(earlier);
  for (const [what, here] of circumstancesOf(now)) {
    const value = there.get(what);
    if (value === undefined || value === here) continue;
    throw new UsageError(
      `${path} cannot take this run: ${what} there is ${value}, here it is ${here}. Write another file`,
      "brief",
    );
  }
  const joined = (texts: string, text: string, by: string): string => {
    return [...new Set([...texts.split(by), text])].join(by);
  };
  return {
    ...earlier,
    command: joined(earlier.command, now.command, "\n"),
    machine: { ...earlier.machine, kernel: joined(earlier.machine.kernel, now.machine.kernel, kernels) },
    versions: { ...earlier.versions, ...now.versions },
  };
}

/** Between the kernels of several runs. */
const kernels = " and ";

/**
 * What all numbers of a file have in common. Mantou itself may change, each scenario has its commit; and so may the build of a kernel
 * of one version, which hosts change from day to day: both sides of a ratio have the same.
 */
function circumstancesOf(results: Results): Map<string, string> {
  const { rounds, seconds, warmUpSeconds, versions, machine } = results;
  const others = Object.entries(versions).filter(([name]) => !name.startsWith("@mantou/"));
  return new Map([
    ["the number of rounds", `${rounds}`],
    ["a round's length", `${seconds} s`],
    ["the warm-up", `${warmUpSeconds} s`],
    ["the machine", machineLine({ machine: { ...machine, kernel: machine.kernel.split("-")[0]! } })],
    ["the placement", placementLine(results)],
    ...others.map(([name, version]) => [`the version of ${name}`, version] as const),
  ]);
}

/** The results with this scenario, in place of an earlier measurement of it, in the order in which scenarios stand. */
export function withScenario(results: Results, measured: ScenarioResult): Results {
  const others = results.scenarios.filter(({ name }) => name !== measured.name);
  const place = ({ name }: ScenarioResult): number => scenarios.findIndex((one) => one.name === name);
  return { ...results, scenarios: [...others, measured].sort((a, b) => place(a) - place(b)) };
}
