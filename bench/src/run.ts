import { writeFileSync } from "node:fs";
import { measureAllocation } from "./allocation.ts";
import { type RunCommand, UsageError } from "./cli.ts";
import { type Contestant, lineUp } from "./contestants.ts";
import { detectPinning, pinSelf } from "./cores.ts";
import { leastDisturbed } from "./disturbance.ts";
import { canBePaced, paceAfter } from "./latency.ts";
import { wrkCanSend, wrkVersion } from "./load/wrk.ts";
import { type MeasureSettings, measureRound, type Round } from "./measure.ts";
import { preamble, scenarioTable } from "./report.ts";
import { describeMachine, packageVersions, type Results, type ScenarioResult } from "./results.ts";
import { bunRuntime, denoRuntime, fetchedPackages, nodeRuntime, type Runtime } from "./runtimes.ts";
import type { Scenario } from "./scenarios.ts";

type Binaries = Readonly<Partial<Record<Contestant["runtime"], Runtime>>>;

/** What became of one contestant so far. */
interface Standing {
  readonly contestant: Contestant;
  readonly rounds: (Round | null)[];
  readonly discarded: Round[];
  paced?: { readonly rate: number; readonly rounds: (Round | null)[] };
  allocated?: number;
  error?: string;
}

/**
 * Carries out a run: every scenario, its contestants taking turns, tables as they are ready, then the file.
 *
 * @returns whether every contestant finished every round.
 * @throws UsageError when there is nothing to measure, Error when a runtime cannot be fetched.
 */
export async function run(command: RunCommand, commandLine: string): Promise<boolean> {
  if (process.platform !== "linux") throw new Error("the benchmark reads /proc and runs on Linux only");
  const pinning = detectPinning();
  const wrk = wrkVersion();
  const load = command.load ?? (wrk === undefined ? "own" : "wrk");
  if (load === "wrk" && wrk === undefined) throw new UsageError("--load wrk, but wrk is not installed");
  const settings: MeasureSettings = {
    pinning,
    load,
    seconds: command.seconds,
    warmUpSeconds: command.warmUpSeconds,
  };

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
  Object.assign(versions, packageVersions(taking), { "load's node": process.versions.node });
  if (load === "wrk" && wrk !== undefined) versions["wrk"] = wrk;

  // Only after the downloads: from here on nothing of ours runs on the server's core.
  pinSelf(pinning);
  const finished: ScenarioResult[] = [];
  const results: Results = {
    format: 1,
    date: new Date().toISOString(),
    command: commandLine,
    machine: describeMachine(),
    pinning,
    versions,
    rounds: command.rounds,
    seconds: command.seconds,
    warmUpSeconds: command.warmUpSeconds,
    scenarios: finished,
  };
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
  const standings = lineUp(scenario, command.only, command.base).map((contestant): Standing => {
    return { contestant, rounds: [], discarded: [] };
  });
  // Where the two sides share a core or move between cores, a core's count says nothing about others.
  const apart = settings.pinning.pinned && settings.pinning.server !== settings.pinning.load;
  const repeats = apart ? command.repeats : 0;
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
  return {
    name: scenario.name,
    title: scenario.title,
    unit: scenario.unit,
    load: scenario.kind === "http" && settings.load === "wrk" && wrkCanSend(scenario) ? "wrk" : "own client",
    base: base.contestant.name,
    contestants: standings.map(
      ({ contestant: { name, kind }, rounds, discarded, paced, allocated, error }) => ({
        name,
        kind,
        rounds,
        discarded,
        ...(paced === undefined ? {} : { paced }),
        ...(allocated === undefined ? {} : { allocated }),
        ...(error === undefined ? {} : { error }),
      }),
    ),
  };
}

/** A contestant that fails is not asked again in this scenario: it would fail in the same way, and slowly. */
async function takeTurn(
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

/** Under the rate that follows from the rounds before; whoever failed them, or fails now, is left out. */
async function takePacedTurn(
  standing: Standing,
  scenario: Scenario,
  settings: MeasureSettings,
  binaries: Binaries,
  repeats: number,
): Promise<void> {
  const rate = paceAfter(standing.rounds);
  if (rate === undefined || standing.error !== undefined) return;
  standing.paced ??= { rate, rounds: [] };
  try {
    const { contestant } = standing;
    const binary = binaries[contestant.runtime]!.binary;
    const pace = { ...settings, pace: rate };
    const { kept } = await leastDisturbed(() => measureRound(contestant, scenario, binary, pace), repeats);
    standing.paced.rounds.push(kept);
  } catch (error) {
    standing.error = `under a fixed rate: ${(error as Error).message}`;
    standing.paced.rounds.push(null);
  }
}

async function countAllocations(
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

/** What is being measured, on one line that overwrites itself; nothing where the output is not a terminal. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
