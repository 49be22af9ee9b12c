import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serverCommand } from "../contestants.ts";
import { detectPinning, type Pinning, pinnedCommand } from "../cores.ts";
import { runToEnd, startServer } from "../processes.ts";
import { describeMachine, packageVersions } from "../results.ts";
import { bunRuntime, nodeRuntime, type Runtime } from "../runtimes.ts";
import type { IdleRun } from "./cli.ts";
import type { IdleOrders } from "./client.ts";
import type { IdleContestant } from "./contestants.ts";
import { detectFileLimit, type FileLimit } from "./file-limit.ts";
import type { IdleContestantResult, IdleResults, IdleRound } from "./results.ts";
import { table } from "./table.ts";

const client = fileURLToPath(new URL("client.js", import.meta.url));

/** Seconds that one round may take, without its waits: 25,000 handshakes on a busy machine. */
const roundLimit = 120;

/**
 * Carries out a run: contestants take turns, each turn a fresh server.
 *
 * @returns whether every contestant finished every round.
 * @throws Error when a runtime cannot be fetched.
 */
export async function runIdle(command: IdleRun, commandLine: string): Promise<boolean> {
  if (process.platform !== "linux") throw new Error("the benchmark reads /proc and runs on Linux only");
  const needed = new Set(command.contestants.map(({ server }) => server.runtime));
  const runtimes = new Map<string, Runtime>();
  if (needed.has("node")) runtimes.set("node", await nodeRuntime(command.runtime));
  if (needed.has("bun")) runtimes.set("bun", await bunRuntime());
  const versions: Record<string, string> = {};
  for (const [name, runtime] of runtimes) versions[name] = runtime.version;
  Object.assign(versions, packageVersions(command.contestants.map(({ server }) => server)));

  const pinning = detectPinning();
  const files = detectFileLimit(command.connections);
  const standings = command.contestants.map((contestant) => {
    return { contestant, rounds: [] as IdleRound[], error: undefined as string | undefined };
  });
  const results = (): IdleResults => ({
    format: 1,
    kind: "idle",
    date: new Date().toISOString(),
    command: commandLine,
    machine: describeMachine(),
    versions,
    rounds: command.rounds,
    connections: files.connections,
    talking: Math.min(command.talking, files.connections),
    settleSeconds: command.settleSeconds,
    note: files.note,
    contestants: standings.map(({ contestant, rounds, error }): IdleContestantResult => {
      const { kind } = contestant.server;
      return { name: contestant.name, kind, rounds, ...(error === undefined ? {} : { error }) };
    }),
  });
  for (let round = 0; round < command.rounds; round++) {
    for (const standing of standings) {
      // A contestant that has failed would fail in the same way again.
      if (standing.error !== undefined) continue;
      const { binary } = runtimes.get(standing.contestant.server.runtime)!;
      try {
        standing.rounds.push(await weighOnce(standing.contestant, binary, command, pinning, files));
      } catch (error) {
        standing.error = (error as Error).message;
      }
    }
    // After each round, so that an interrupted run keeps what it has.
    if (command.json !== undefined) writeFileSync(command.json, `${JSON.stringify(results(), null, 2)}\n`);
  }
  console.log(table(results()).join("\n"));
  return standings.every(({ error }) => error === undefined);
}

async function weighOnce(
  contestant: IdleContestant,
  binary: string,
  command: IdleRun,
  pinning: Pinning,
  files: FileLimit,
): Promise<IdleRound> {
  const program = serverCommand(contestant.server, contestant.app, binary);
  const server = await startServer(pinnedCommand(pinning, pinning.server, [...files.prefix, ...program]));
  try {
    const orders: IdleOrders = {
      port: server.port,
      serverPid: server.pid,
      client: contestant.client,
      tls: contestant.tls,
      connections: files.connections,
      talking: Math.min(command.talking, files.connections),
      settleSeconds: command.settleSeconds,
    };
    const load = [...files.prefix, process.execPath, client, JSON.stringify(orders)];
    const limit = roundLimit + 3 * command.settleSeconds;
    return JSON.parse(await runToEnd(pinnedCommand(pinning, pinning.load, load), limit)) as IdleRound;
  } finally {
    await server.stop();
  }
}
