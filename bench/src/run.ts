import { writeFileSync } from "node:fs";
import { type LoadChoice, type RunCommand, UsageError } from "./cli.ts";
import { type Contestant, lineUp } from "./contestants.ts";
import { detectPinning, pinSelf } from "./cores.ts";
import { canBePaced } from "./latency.ts";
import { wrkCanSend, wrkVersion } from "./load/wrk.ts";
import type { MeasureSettings } from "./measure.ts";
import { preamble, scenarioTable } from "./report.ts";
import { describeMachine, packageVersions, type Results, type ScenarioResult } from "./results.ts";
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
 * Carries out a run: every scenario, its contestants taking turns, tables as they are ready, then the file.
 *
 * @returns whether every contestant finished every round.
 * @throws UsageError when there is nothing to measure, Error when a runtime cannot be fetched.
 */
export async function run(command: RunCommand, commandLine: string): Promise<boolean> {
  const settings = detectSettings(command);
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
  Object.assign(versions, packageVersions(taking), loadVersions(settings));

  // Only after the downloads: from here on nothing of ours runs on the server's core.
  pinSelf(settings.pinning);
  const finished: ScenarioResult[] = [];
  const results = newResults(command, commandLine, settings, versions, finished);
  console.log(preamble(results));
  for (const scenario of command.scenarios) {
    const result = await runScenario(scenario, command, settings, binaries);
    if (result === undefined) continue;
    finished.push(result);
    console.log(scenarioTable(result));
    // After each scenario, so that an interrupted run keeps what it has.
    if (command.json !== undefined) writeFileSync(command.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  return finished.every((scenario) => scenario.contestants.every(({ error }) => error === undefined));
}

async function fetchRuntimes(taking: readonly Contestant[], command: RunCommand): Promise<Binaries> {
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
): Promise<ScenarioResult | undefined> {
  const standings = lineUp(scenario, command.only, command.base).map(newStanding);
  const repeats = repeatsOf(settings, command.repeats);
  const [base] = standings;
  if (base === undefined) return undefined;
  for (let round = 0; round < command.rounds; round++) {
    for (const standing of standings) {
      progress(`${scenario.name}: round ${round + 1} of ${command.rounds}, ${standing.contestant.name}`);
      await takeTurn(standing, scenario, settings, binaries, repeats);
    }
  }
  if (command.latency && canBePaced(scenario)) {
    for (let round = 0; round < command.rounds; round++) {
      for (const standing of standings) {
        progress(`${scenario.name}: latency ${round + 1} of ${command.rounds}, ${standing.contestant.name}`);
        await takePacedTurn(standing, scenario, settings, binaries, repeats);
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
  return scenarioResult(scenario, settings, standings, base.contestant.name);
}

/** The part of a command that this machine allows. @throws UsageError when its load is not installed. */
export function detectSettings(command: Times & { readonly load: LoadChoice }): MeasureSettings {
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

/** The results of a run that begins now; `scenarios` is added to meanwhile. */
export function newResults(
  { rounds, seconds, warmUpSeconds }: Times,
  commandLine: string,
  { pinning }: MeasureSettings,
  versions: Results["versions"],
  scenarios: readonly ScenarioResult[],
): Results {
  return {
    format: 1,
    date: new Date().toISOString(),
    command: commandLine,
    machine: describeMachine(),
    pinning,
    versions,
    rounds,
    seconds,
    warmUpSeconds,
    scenarios,
  };
}

export function scenarioResult(
  scenario: Scenario,
  settings: MeasureSettings,
  standings: readonly Standing[],
  base: string,
): ScenarioResult {
  return {
    name: scenario.name,
    title: scenario.title,
    unit: scenario.unit,
    load: scenario.kind === "http" && settings.load === "wrk" && wrkCanSend(scenario) ? "wrk" : "own client",
    base,
    contestants: standings.map(toResult),
  };
}
