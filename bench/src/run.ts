import { UsageError } from "./arguments.ts";
import type { LoadChoice, RunCommand } from "./cli.ts";
import { type Contestant, lineUp } from "./contestants.ts";
import { detectPinning, pinSelf } from "./cores.ts";
import { canBePaced, paceAfter } from "./latency.ts";
import { wrkCanSend, wrkVersion } from "./load/wrk.ts";
import type { MeasureSettings } from "./measure.ts";
import { announcement } from "./plan.ts";
import { preamble, scenarioTable } from "./report.ts";
import {
  currentCommit,
  describeMachine,
  plainVersions,
  type Results,
  type ScenarioResult,
} from "./results.ts";
import { writeResults } from "./results-file.ts";
import { continued, earlierResults, missingScenarios, withScenario } from "./resume.ts";
import { bunRuntime, denoRuntime, fetchedPackages, nodeRuntime } from "./runtimes.ts";
import type { Scenario } from "./scenario.ts";
import {
  type Binaries,
  countAllocations,
  newStanding,
  progress,
  repeatsOf,
  type Standing,
  takePacedTurn,
  takeTurn,
  toResult,
} from "./standing.ts";

/**
 * Carries out a run: every scenario that is missing, its contestants taking turns, with its table and the file after each.
 *
 * @returns whether every contestant finished every round.
 * @throws UsageError when no contestant takes part or the file cannot take this run, Error when a runtime cannot be fetched.
 */
export async function run(
  command: RunCommand,
  commandLine: string,
  settings: MeasureSettings = detectSettings(command),
): Promise<boolean> {
  const earlier = earlierResults(command.resume);
  const missing = missingScenarios(command, earlier);
  const taking = command.scenarios.flatMap((scenario) => lineUp(scenario, command.only, command.base));
  if (taking.length === 0) throw new UsageError("none of these contestants takes part in these scenarios");
  const binaries = await fetchRuntimes(taking, command);
  const versions: Record<string, string> = {};
  for (const [name, runtime] of Object.entries(binaries)) versions[name] = runtime.version;
  for (const { fetches } of new Set(taking)) {
    if (fetches === undefined) continue;
    await fetchedPackages(fetches);
    for (const [name, version] of Object.entries(fetches)) versions[name] = version;
  }
  Object.assign(versions, plainVersions(taking), loadVersions(settings));

  // Only after the downloads: from here on nothing of ours runs on the server's core.
  pinSelf(settings.pinning);
  const fresh = newResults(command, commandLine, settings, versions);
  let results = earlier === undefined ? fresh : continued(earlier, fresh, command.resume ?? "");
  console.log(`${preamble(results)}\n${announcement(missing, command)}\n`);
  const file = command.resume ?? command.json;
  let complete = true;
  for (const scenario of missing) {
    const result = await runScenario(scenario, command, settings, binaries);
    results = withScenario(results, result);
    complete &&= result.contestants.every(({ error }) => error === undefined);
    console.log(scenarioTable(result));
    // After each scenario, so that an interrupted run keeps what it has.
    if (file !== undefined) writeResults(file, results);
  }
  return complete;
}

/** @throws Error when a runtime cannot be fetched. */
export async function fetchRuntimes(
  taking: readonly Contestant[],
  command: Pick<RunCommand, "runtime">,
): Promise<Binaries> {
  const needed = new Set(taking.map((contestant) => contestant.runtime));
  return {
    ...(needed.has("node") ? { node: await nodeRuntime(command.runtime) } : {}),
    ...(needed.has("bun") ? { bun: await bunRuntime() } : {}),
    ...(needed.has("deno") ? { deno: await denoRuntime() } : {}),
  };
}

async function runScenario(
  scenario: Scenario,
  command: RunCommand,
  settings: MeasureSettings,
  binaries: Binaries,
): Promise<ScenarioResult> {
  const about = measuredNow(command.latency && canBePaced(scenario), command.allocations);
  const standings = lineUp(scenario, command.only, command.base).map(newStanding);
  const repeats = repeatsOf(settings, command.repeats);
  for (let round = 0; round < command.rounds; round++) {
    for (const standing of standings) {
      progress(`${scenario.name}: round ${round + 1} of ${command.rounds}, ${standing.contestant.name}`);
      await takeTurn(standing, scenario, settings, binaries, repeats);
    }
  }
  const rate = about.latency ? paceAfter(standings.map(({ rounds }) => rounds)) : undefined;
  if (rate !== undefined) {
    for (let round = 0; round < command.rounds; round++) {
      for (const standing of standings) {
        progress(`${scenario.name}: latency ${round + 1} of ${command.rounds}, ${standing.contestant.name}`);
        await takePacedTurn(standing, rate, scenario, settings, binaries, repeats);
      }
    }
  }
  if (command.allocations) {
    for (const standing of standings) {
      progress(`${scenario.name}: allocations, ${standing.contestant.name}`);
      await countAllocations(standing, scenario, settings, binaries);
    }
  }
  progress("");
  return scenarioResult(scenario, settings, standings, standings[0]!.contestant.name, about);
}

/** The part of a command that this machine allows. @throws UsageError when its load is not installed. */
export function detectSettings(
  command: Omit<Times, "rounds"> & { readonly load: LoadChoice },
): MeasureSettings {
  if (process.platform !== "linux") throw new Error("the benchmark reads /proc and runs on Linux only");
  const wrk = wrkVersion();
  const load = command.load ?? (wrk === undefined ? "own" : "wrk");
  if (load === "wrk" && wrk === undefined) throw new UsageError("--load wrk, but wrk is not installed");
  const { seconds, warmUpSeconds } = command;
  if (load === "wrk" && !Number.isInteger(seconds)) {
    throw new UsageError(`wrk measures whole seconds, not ${seconds}: --load own`);
  }
  return { pinning: detectPinning(), load, seconds, warmUpSeconds };
}

/** The version of the load's program. */
export function loadVersions({ load }: MeasureSettings): Record<string, string> {
  const wrk = load === "wrk" ? wrkVersion() : undefined;
  return { "load's node": process.versions.node, ...(wrk === undefined ? {} : { wrk }) };
}

type Times = Pick<RunCommand, "rounds" | "seconds" | "warmUpSeconds">;

/** The results of a run that begins now. */
export function newResults(
  { rounds, seconds, warmUpSeconds }: Times,
  commandLine: string,
  { pinning }: MeasureSettings,
  versions: Results["versions"],
): Results {
  return {
    format: 3,
    date: new Date().toISOString(),
    command: commandLine,
    machine: describeMachine(),
    pinning,
    versions,
    rounds,
    seconds,
    warmUpSeconds,
    scenarios: [],
  };
}

type About = Pick<ScenarioResult, "date" | "commit" | "latency" | "allocations">;

/** What is recorded when a scenario begins. */
export function measuredNow(latency: boolean, allocations: boolean): About {
  return { date: new Date().toISOString(), commit: currentCommit(), latency, allocations };
}

export function scenarioResult(
  scenario: Scenario,
  settings: MeasureSettings,
  standings: readonly Standing[],
  base: string,
  about: About,
): ScenarioResult {
  return {
    ...about,
    name: scenario.name,
    title: scenario.title,
    unit: scenario.unit,
    load: scenario.kind === "http" && settings.load === "wrk" && wrkCanSend(scenario) ? "wrk" : "own client",
    base,
    contestants: standings.map(toResult),
  };
}
