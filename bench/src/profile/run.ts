import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UsageError } from "../arguments.ts";
import { type Contestant, lineUp } from "../contestants.ts";
import { pinSelf } from "../cores.ts";
import { type MeasureSettings, runLoad, withServer } from "../measure.ts";
import { currentCommit, describeMachine } from "../results.ts";
import { detectSettings, fetchRuntimes } from "../run.ts";
import { fetchedPackages } from "../runtimes.ts";
import type { Scenario } from "../scenario.ts";
import type { ProfileRun } from "./cli.ts";
import { checkPerf, namesFlags, removeNames, sample } from "./perf.ts";
import type { Sampled } from "./places.ts";

/** Where the CPU time of one server went. */
export interface Profile {
  readonly name: string;
  /** What runs the server: the functions of another than Node.js have no place. */
  readonly runtime: Contestant["runtime"];
  /** CPU time of the server for each operation, while it was sampled. */
  readonly cpuMicroseconds: number;
  readonly samples: readonly Sampled[];
}

export interface ScenarioProfile {
  readonly scenario: Scenario;
  readonly profiles: readonly Profile[];
  /** Why a contestant has none. */
  readonly failures: readonly string[];
}

export interface ProfileResults {
  readonly command: string;
  /** The day, such as 2026-12-01. */
  readonly date: string;
  readonly commit: string;
  readonly machine: ReturnType<typeof describeMachine>;
  readonly pinning: MeasureSettings["pinning"];
  readonly versions: Readonly<Record<string, string>>;
  readonly scenarios: readonly ScenarioProfile[];
}

/** Seconds for the code to be compiled: longer than for a measurement, since a compiler at work would be in the profile. */
const warmUpSeconds = 3;

/** Seconds at each end of the window that are not sampled: the clocks of the load and of perf do not start together. */
const margin = 0.25;

/**
 * Profiles the scenarios, one server at a time.
 *
 * @param done is called with each scenario's result
 * @throws UsageError when perf is missing or no contestant takes part, Error when a runtime cannot be fetched.
 */
export async function runProfile(
  command: ProfileRun,
  commandLine: string,
  done: (result: ScenarioProfile) => void,
): Promise<ProfileResults> {
  await checkPerf();
  const { scenarios, only, seconds } = command;
  const settings = detectSettings({ load: undefined, seconds, warmUpSeconds });
  const taking = scenarios.flatMap((scenario) => lineUp(scenario, only, undefined));
  if (taking.length === 0) throw new UsageError("none of these contestants takes part in these scenarios");
  const binaries = await fetchRuntimes(taking, command);
  for (const { fetches } of new Set(taking)) if (fetches !== undefined) await fetchedPackages(fetches);
  pinSelf(settings.pinning);
  const results: ScenarioProfile[] = [];
  for (const scenario of scenarios) {
    const profiles: Profile[] = [];
    const failures: string[] = [];
    for (const contestant of lineUp(scenario, only, undefined)) {
      try {
        profiles.push(await profile(contestant, scenario, binaries[contestant.runtime]!.binary, settings));
      } catch (error) {
        failures.push(`${contestant.name}: ${(error as Error).message}`);
      }
    }
    const result = { scenario, profiles, failures };
    results.push(result);
    done(result);
  }
  const versions = Object.entries(binaries).map(([name, { version }]) => [name, version] as const);
  return {
    command: commandLine,
    date: new Date().toISOString().slice(0, 10),
    commit: currentCommit(),
    machine: describeMachine(),
    pinning: settings.pinning,
    versions: Object.fromEntries(versions),
    scenarios: results,
  };
}

async function profile(
  contestant: Contestant,
  scenario: Scenario,
  binary: string,
  settings: MeasureSettings,
): Promise<Profile> {
  const { name, runtime, flags } = contestant;
  const named = runtime === "node" ? { ...contestant, flags: [...flags, ...namesFlags] } : contestant;
  return withServer(named, scenario, binary, settings, async ({ pid }, orders) => {
    const file = join(tmpdir(), `mantou-profile-${pid}.data`);
    const sampled = setTimeout((warmUpSeconds + margin) * 1000).then(() => {
      return sample(pid, settings.seconds - 2 * margin, file);
    });
    try {
      const [{ usage, operations }, samples] = await Promise.all([
        runLoad(scenario, orders, settings),
        sampled,
      ]);
      const cpuMicroseconds = ((usage.user + usage.system) / operations) * 1e6;
      return { name, runtime, cpuMicroseconds, samples };
    } finally {
      removeNames(pid);
    }
  });
}
