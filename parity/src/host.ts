// Runs the servers of the scenarios, on Node.js or Bun. Commands and replies are lines of JSON.
// `node host.js default|plain`, or `bun host.js`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { writeFixtures } from "./fixtures.ts";
import type { Runtime } from "./scenario.ts";
import { areas } from "./scenarios/index.ts";
import { Stage } from "./stage.ts";

type Command =
  | { id: number; do: "start"; area: string; name: string }
  | { id: number; do: "signal"; run: number; signal: string }
  | { id: number; do: "notes"; run: number; count: number }
  | { id: number; do: "stop"; run: number };

async function loadRuntime(): Promise<Runtime> {
  if (process.versions["bun"] !== undefined) {
    return {
      ...(globalThis as unknown as { Bun: Runtime }).Bun,
      Response: Response as unknown as Runtime["Response"],
    };
  }
  const entry = process.argv[2] === "plain" ? import("@mantou/serve/plain") : import("@mantou/serve");
  return (await entry) as unknown as Runtime;
}

const runtime = await loadRuntime();
const folder = mkdtempSync(join(tmpdir(), "mantou-parity-"));
writeFixtures(folder);
const stages = new Map<number, Stage>();

async function obey(command: Command): Promise<object> {
  if (command.do === "start") {
    const scenario = areas
      .find(({ area }) => area === command.area)
      ?.scenarios.find(({ name }) => name === command.name);
    if (scenario === undefined) throw new Error(`no scenario ${command.area}: ${command.name}; is it built?`);
    const socketPath = join(folder, `${command.id}.sock`);
    try {
      const stage = new Stage(scenario, runtime, folder, socketPath);
      stages.set(command.id, stage);
      return { run: command.id, folder, ...stage.target };
    } catch (error) {
      return { failed: (error as Error).name };
    }
  }
  const stage = stages.get(command.run)!;
  if (command.do === "signal") stage.open(command.signal);
  if (command.do === "notes") await stage.noted(command.count);
  const notes = [...stage.notes];
  if (command.do === "stop") {
    stage.close();
    stages.delete(command.run);
  }
  return { notes };
}

// A scenario may break something; the others go on.
process.on("uncaughtException", (error) => console.error(error));
process.on("unhandledRejection", (error) => console.error(error));

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line) as Command;
    obey(command).then(
      (reply) => process.stdout.write(`${JSON.stringify({ id: command.id, ...reply })}\n`),
      (error: unknown) =>
        process.stdout.write(`${JSON.stringify({ id: command.id, error: String(error) })}\n`),
    );
  })
  .on("close", () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  });
