import { fileURLToPath } from "node:url";
import type { CompareCommand } from "../cli.ts";
import { type Contestant, contestants } from "../contestants.ts";
import { pinSelf } from "../cores.ts";
import { preamble } from "../report.ts";
import { packageVersions, type Results } from "../results.ts";
import { writeResults } from "../results-file.ts";
import { detectSettings, loadVersions, measuredNow, newResults, scenarioResult } from "../run.ts";
import { nodeRuntime } from "../runtimes.ts";
import { newStanding, progress, repeatsOf, type Standing, takeTurn } from "../standing.ts";
import { checkOut, findCommit } from "./checkout.ts";
import { type ComparedScenario, comparisonTable } from "./table.ts";
import { compare, type Side } from "./verdict.ts";

/** The file of `--json`: the results of a run with four contestants, and their comparison. */
interface CompareResults extends Results {
  readonly compared: { readonly ref: string; readonly commit: string };
  readonly scenarios: readonly ComparedScenario[];
}

/**
 * Compares Mantou as it is built here with Mantou at another commit. Load and scenarios are those of this tree; the
 * other commit provides the server's program, with its packages.
 *
 * @returns whether every process finished every round, and the other commit could be built
 * @throws UsageError when there is no such commit
 */
export async function runComparison(command: CompareCommand, commandLine: string): Promise<boolean> {
  const settings = detectSettings(command);
  const commit = findCommit(command.ref);
  const runtime = await nodeRuntime(command.runtime);
  let checkout: Awaited<ReturnType<typeof checkOut>>;
  try {
    const short = commit.slice(0, 9);
    checkout = await checkOut(commit, (doing) => console.error(`${command.ref} (${short}): ${doing} …`));
  } catch (error) {
    console.error(`${command.ref}: ${(error as Error).message}`);
    return false;
  }
  try {
    const mine = contestants.find(({ name }) => name === "mantou")!;
    const here = fileURLToPath(new URL("../..", import.meta.url));
    const versions = {
      node: runtime.version,
      ...packageVersions([mine]),
      "compared with": `${command.ref} (${commit.slice(0, 9)})`,
      ...loadVersions(settings),
    };
    // Only after the build: from here on nothing of ours runs on the server's core.
    pinSelf(settings.pinning);
    const finished: ComparedScenario[] = [];
    const base = newResults(command, commandLine, settings, versions);
    const results: CompareResults = { ...base, compared: { ref: command.ref, commit }, scenarios: finished };
    console.log(preamble(results));
    const repeats = repeatsOf(settings, command.repeats);
    for (const scenario of command.scenarios) {
      const about = measuredNow(false, false);
      const standings = sides(mine, command.ref, here, checkout.bench).map(newStanding);
      for (let round = 0; round < command.rounds; round++) {
        for (const standing of inTurn(standings, round)) {
          progress(`${scenario.name}: round ${round + 1} of ${command.rounds}, ${standing.contestant.name}`);
          await takeTurn(standing, scenario, settings, { node: runtime }, repeats);
        }
      }
      progress("");
      const result = scenarioResult(scenario, settings, standings, command.ref, about);
      finished.push({ ...result, comparison: comparisons(standings) });
      console.log(comparisonTable(finished.at(-1)!));
      // After each scenario, so that an interrupted run keeps what it has.
      if (command.json !== undefined) writeResults(command.json, results);
    }
    return finished.every((scenario) => scenario.contestants.every(({ error }) => error === undefined));
  } finally {
    checkout.remove();
  }
}

/** A B A' B': this, that, and both again. */
function sides(mantou: Contestant, ref: string, here: string, there: string): Contestant[] {
  // Before the entry replaced the globals itself, this did it; since then it changes nothing.
  const flags = ["--import", "@mantou/serve/register"];
  const builds = [
    { ...mantou, flags, name: "this", folder: here },
    { ...mantou, flags, name: ref, folder: there },
  ];
  return [...builds, ...builds.map((build) => ({ ...build, name: `${build.name} again` }))];
}

/** Each second round runs backwards, so that a machine that grows slower favours neither build. */
export function inTurn<T>(standings: readonly T[], round: number): T[] {
  return round % 2 === 0 ? [...standings] : [...standings].reverse();
}

function comparisons(standings: readonly Standing[]): ComparedScenario["comparison"] {
  const [a = [], b = [], aAgain = [], bAgain = []] = standings.map(({ rounds }) => rounds);
  const [mine, theirs]: [Side, Side] = [
    [a, aAgain],
    [b, bAgain],
  ];
  return {
    rate: compare(mine, theirs, "rate"),
    cpuMicroseconds: compare(mine, theirs, "cpuMicroseconds"),
  };
}
