import { join } from "node:path";
import { UsageError } from "./arguments.ts";
import type { PublishedCommand, RunCommand } from "./cli.ts";
import { contestants, lineUp } from "./contestants.ts";
import { earlierResults, missingScenarios, wantedOf } from "./resume.ts";
import { nodeRuntimes } from "./runtimes.ts";
import type { Scenario } from "./scenario.ts";

/** How long a run takes, and which runs docs/benchmarks.md is made of. */

/** Seconds for the start and the end of a round's two processes, on a quiet machine: 450 rounds of 1 s took 18 minutes with their warm-up. */
const aroundRound = 0.3;

type Extent = Pick<
  RunCommand,
  "only" | "base" | "rounds" | "seconds" | "warmUpSeconds" | "latency" | "allocations"
>;

/** Seconds that a scenario takes if no round is disturbed. */
export function estimate(scenario: Scenario, command: Extent): number {
  const wanted = wantedOf(scenario, command);
  if (wanted === undefined) return 0;
  const { rounds, seconds, warmUpSeconds, only, base } = command;
  const round = warmUpSeconds + seconds + aroundRound;
  const turns = wanted.contestants.length * rounds * (wanted.latency ? 2 : 1);
  const counted = lineUp(scenario, only, base).filter(({ runtime }) => runtime === "node");
  return turns * round + (wanted.allocations ? counted.length * (round + seconds) : 0);
}

/** What a run is about to do, in a line. */
export function announcement(missing: readonly Scenario[], command: RunCommand): string {
  const all = command.scenarios.filter((scenario) => wantedOf(scenario, command) !== undefined);
  const name = command.resume === undefined ? "" : `${command.resume}: `;
  if (missing.length === 0) return `${name}nothing to measure, the file has it all (--redo measures again)`;
  const seconds = missing.reduce((sum, scenario) => sum + estimate(scenario, command), 0);
  const repeated = command.repeats > 0 ? ", longer where rounds are disturbed" : "";
  return `${name}${missing.length} of ${all.length} scenarios to measure, about ${duration(seconds)}${repeated}`;
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Not in the published tables: variants of others in them. */
const leftOut = ["ws-native", "net"];

/** The scenarios that are measured on all lines of Node.js; the newest has all. */
const onAllLines = ["hello", "json", "static", "ws-echo", "chat-16", "upload-1m"];

/** Those whose latencies under a fixed rate are measured, on the newest line: a round of them is good on a machine without others only. */
const paced = ["hello", "json", "static"];

/**
 * The runs of a published page, the newest line of Node.js first; each adds to a file of its own.
 *
 * @throws UsageError when none of the scenarios is measured on these lines.
 */
export function publishedRuns(command: PublishedCommand): RunCommand[] {
  const newest = nodeRuntimes.at(-1);
  const lines = nodeRuntimes.filter((name) => command.runtime === undefined || name === command.runtime);
  const runs = lines.reverse().flatMap((runtime): RunCommand[] => {
    const measured = command.scenarios.filter(({ name }) => runtime === newest || onAllLines.includes(name));
    const withLatency = measured.filter(({ name }) => runtime === newest && paced.includes(name));
    const others = measured.filter((scenario) => !withLatency.includes(scenario));
    const common = {
      kind: "run",
      runtime,
      only: contestants.map(({ name }) => name).filter((name) => !leftOut.includes(name)),
      base: undefined,
      rounds: 5,
      seconds: 2,
      warmUpSeconds: 1,
      repeats: 1,
      load: command.load,
      allocations: runtime === newest,
      json: undefined,
      resume: join(command.folder, `${runtime}.json`),
      redo: command.redo,
    } as const;
    return [
      { ...common, scenarios: withLatency, latency: true },
      { ...common, scenarios: others, latency: false },
    ];
  });
  const some = runs.filter(({ scenarios }) => scenarios.length > 0);
  if (some.length === 0) throw new UsageError(`these scenarios are published of ${newest} only`, "brief");
  return some;
}

/** The announcements of several runs, and how long they take together. */
export function publishedPlan(runs: readonly RunCommand[]): string {
  const plans = runs.map((run) => ({
    run,
    missing: missingScenarios(run, earlierResults(run.resume)),
  }));
  const seconds = plans.flatMap(({ run, missing }) => missing.map((scenario) => estimate(scenario, run)));
  const total = seconds.reduce((sum, one) => sum + one, 0);
  return [
    ...plans.map(({ run, missing }) => announcement(missing, run)),
    `together about ${duration(total)}; the same command continues a run that was stopped`,
  ].join("\n");
}
