import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { runToEnd, startServer } from "../processes.ts";
import { describeMachine, packageVersions } from "../results.ts";
import { bunRuntime, fetchedPackages, nodeRuntime, type Runtime } from "../runtimes.ts";
import type { StartupRun } from "./cli.ts";
import { type StartupContestant, tsx } from "./contestants.ts";
import { ProgramFolder } from "./program-folder.ts";
import type { StartupContestantResult, StartupResults, Taken } from "./results.ts";
import { table } from "./table.ts";

/** One contestant during a run. */
interface Standing {
  readonly contestant: StartupContestant;
  readonly command: readonly string[];
  /** Later starts than the first have its caches. */
  readonly folder: ProgramFolder;
  readonly cold: number[];
  readonly warm: number[];
  readonly taken: Taken[];
  error?: string;
}

/**
 * Carries out a run: contestants take turns, a cold start and a warm one in each round.
 *
 * @returns whether every contestant finished every round.
 * @throws Error when a runtime or a package cannot be fetched.
 */
export async function runStartup(command: StartupRun, commandLine: string): Promise<boolean> {
  const needed = new Set(command.contestants.map(({ runtime }) => runtime));
  const runtimes = new Map<string, Runtime>();
  if (needed.has("node")) runtimes.set("node", await nodeRuntime(command.runtime));
  if (needed.has("bun")) runtimes.set("bun", await bunRuntime());
  const standings: Standing[] = [];
  for (const contestant of command.contestants) {
    const script = await contestant.script?.(fetchedPackages);
    const { binary } = runtimes.get(contestant.runtime)!;
    const program = [binary, ...(script === undefined ? [] : [script]), contestant.file];
    const folder = new ProgramFolder(contestant);
    standings.push({ contestant, command: program, folder, cold: [], warm: [], taken: [] });
  }
  try {
    // The first start of each fills its caches, and the kernel's cache of files.
    for (const standing of standings)
      await attempt(standing, () => {
        return standing.contestant.until === "end" ? runOnce(standing) : startOnce(standing, standing.folder);
      });
    for (let round = 0; round < command.rounds; round++) {
      for (const standing of standings) await attempt(standing, () => takeTurn(standing));
    }
  } finally {
    for (const { folder } of standings) folder.remove();
  }
  const results: StartupResults = {
    format: 1,
    kind: "startup",
    date: new Date().toISOString(),
    command: commandLine,
    machine: describeMachine(),
    versions: {
      ...Object.fromEntries([...runtimes].map(([name, { version }]) => [name, version])),
      ...(command.contestants.some(({ name }) => name === "tsx") ? tsx : {}),
      ...packageVersions([{ versionOf: "@mantou/bun" }]),
    },
    rounds: command.rounds,
    contestants: standings.map(({ contestant, cold, warm, taken, error }): StartupContestantResult => {
      const times = { name: contestant.name, cold: contestant.caches ? cold : null, warm };
      const measured = contestant.until === "end" ? { ...times, taken } : times;
      return error === undefined ? measured : { ...measured, error };
    }),
  };
  if (command.json !== undefined) writeFileSync(command.json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(table(results).join("\n"));
  return standings.every(({ error }) => error === undefined);
}

/** A contestant that has failed would fail in the same way again. */
async function attempt(standing: Standing, measure: () => Promise<unknown>): Promise<void> {
  if (standing.error !== undefined) return;
  try {
    await measure();
  } catch (error) {
    standing.error = (error as Error).message;
  }
}

async function takeTurn(standing: Standing): Promise<void> {
  if (standing.contestant.until === "end") {
    const { elapsed, taken } = await runOnce(standing);
    standing.warm.push(elapsed);
    standing.taken.push(taken);
    return;
  }
  if (standing.contestant.caches) {
    const fresh = new ProgramFolder(standing.contestant);
    try {
      standing.cold.push(await startOnce(standing, fresh));
    } finally {
      fresh.remove();
    }
  }
  standing.warm.push(await startOnce(standing, standing.folder));
}

/** @returns milliseconds from the start of the process to the end of its first response */
async function startOnce({ command }: Standing, folder: ProgramFolder): Promise<number> {
  const started = performance.now();
  const env = ["env", `TMPDIR=${folder.temporary}`, "NODE_ENV=production"];
  const server = await startServer([...env, ...command], { folder: folder.path, family: true });
  try {
    const text = await fetchText(server.port);
    const elapsed = performance.now() - started;
    if (text !== "Bun!") throw new Error(`responded ${JSON.stringify(text)}`);
    // What a runtime keeps for the next start, it may write at its end.
    await server.end();
    return elapsed;
  } finally {
    await server.stop();
  }
}

/** Seconds that a module may take to load. */
const loadLimit = 10;

async function runOnce({ command, folder }: Standing): Promise<{ elapsed: number; taken: Taken }> {
  const started = performance.now();
  const printed = await runToEnd(command, loadLimit, { folder: folder.path });
  return { elapsed: performance.now() - started, taken: JSON.parse(printed) as Taken };
}

function fetchText(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, agent: false, timeout: 5_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve(text)).on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no response within 5 s"))).on("error", reject);
  });
}
