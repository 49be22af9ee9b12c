/** Runs a program in several processes. */
import { fileURLToPath } from "node:url";
import { runWorkers } from "@mantou/serve/workers";
import type { Runnable } from "./arguments.ts";
import { CHILD } from "./child.ts";
import { findEntry } from "./entry.ts";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

/**
 * @param cwd the folder in which this command has been started
 * @returns the exit code of this command, when all workers have ended
 */
export async function runInWorkers(
  command: Runnable,
  workers: number | "auto",
  cwd: string,
): Promise<number> {
  const fault = await faultOf(command);
  if (fault !== null) {
    if (fault !== "") log(fault);
    return fault === "" ? 0 : 1;
  }
  const running = runWorkers(MAIN, {
    workers,
    args: process.argv.slice(2),
    execArgv: command.settings.node,
    env: { ...process.env, [CHILD]: "worker" },
    cwd,
    log,
    graceSeconds: command.settings.grace,
  });
  return running.ended;
}

/** Why workers cannot run it, in words; empty if there is nothing to run, and that is no error; else null. */
async function faultOf(command: Runnable): Promise<string | null> {
  if (command.do === "evaluate")
    return command.code === null ? "--workers cannot run standard input, which is read once" : null;
  const { target, isRun, settings } = command;
  if (target.endsWith(".html"))
    return "--workers cannot run pages: write a program that imports them, and run what `mantou build` makes of it";
  const entry = await findEntry(target, isRun, process.cwd());
  if (entry.kind === "file") return null;
  if (entry.kind === "missing") return settings.ifPresent ? "" : entry.message;
  return `--workers runs a file, and ${target} is a ${entry.kind}: write the option into it`;
}

function log(line: string): void {
  process.stderr.write(`mantou: ${line}\n`);
}
