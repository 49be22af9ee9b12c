import { writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { detectPinning, pinnedCommand } from "../cores.ts";
import { runToEnd } from "../processes.ts";
import { describeMachine, packageVersions } from "../results.ts";
import { fetchedPackage, nodeRuntime } from "../runtimes.ts";
import type { MicroCase } from "./cases.ts";
import type { MicroRun } from "./cli.ts";
import type { MicroContestant } from "./parsers.ts";
import type { MicroCaseResult, MicroResults } from "./results.ts";
import { caseLines, preamble } from "./table.ts";

const worker = fileURLToPath(new URL("worker.js", import.meta.url));

/** Seconds that one round may take. A disturbed machine gives CPU time slowly. */
const roundLimit = 120;

/**
 * Carries out a run: case by case, its contestants taking turns, each turn a fresh process.
 *
 * @throws Error when a runtime or package cannot be fetched, or a contestant does not find what is in the bytes.
 */
export async function runMicro(command: MicroRun, commandLine: string): Promise<void> {
  const node = await nodeRuntime(command.runtime);
  const folders = new Map<MicroContestant, string>();
  const versions: Record<string, string> = { node: node.version };
  Object.assign(versions, packageVersions(command.contestants));
  for (const contestant of command.contestants) {
    if (contestant.fetched === undefined) continue;
    const { name, version } = contestant.fetched;
    folders.set(contestant, await fetchedPackage(name, version));
    versions[name] = version;
  }
  const pinning = detectPinning();
  const finished: MicroCaseResult[] = [];
  const results: MicroResults = {
    format: 1,
    kind: "micro",
    date: new Date().toISOString(),
    command: commandLine,
    machine: describeMachine(),
    loadAverage: os.loadavg()[0]!,
    versions,
    rounds: command.rounds,
    window: command.window,
    warmUp: command.warmUp,
    cases: finished,
  };
  const once = async (contestant: MicroContestant, input: MicroCase): Promise<number> => {
    const program = [node.binary, "--no-deprecation", worker, contestant.name, input.name];
    const times = [String(command.warmUp), String(command.window), folders.get(contestant) ?? ""];
    const printed = await runToEnd(
      pinnedCommand(pinning, pinning.server, [...program, ...times]),
      roundLimit,
    );
    return Number(printed);
  };
  console.log(preamble(results));
  for (const input of command.cases) {
    const rounds = new Map(command.contestants.map(({ name }) => [name, [] as number[]]));
    for (let round = 0; round < command.rounds; round++) {
      for (const contestant of command.contestants) {
        rounds.get(contestant.name)!.push(await once(contestant, input));
      }
    }
    const result: MicroCaseResult = {
      name: input.name,
      title: input.title,
      bytes: input.pieces.reduce((sum, { length }) => sum + length, 0),
      bodyBytes: input.expected.bodyBytes,
      contestants: [...rounds].map(([name, nanoseconds]) => ({ name, nanoseconds })),
    };
    finished.push(result);
    console.log(caseLines(result));
    // After each case, so that an interrupted run keeps what it has.
    if (command.json !== undefined) writeFileSync(command.json, `${JSON.stringify(results, null, 2)}\n`);
  }
}
