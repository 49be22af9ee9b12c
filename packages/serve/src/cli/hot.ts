import { type FSWatcher, watch } from "node:fs";
import { dirname, sep } from "node:path";
import { report } from "../report.ts";
import { type Program, runProgram } from "./program.ts";

/** Editors write a file in several steps; what happens within this many milliseconds is one change. */
const SETTLE_MS = 50;

/**
 * Runs the program, and again whenever a file in its folder changes. A module that throws leaves everything as it was before.
 *
 * @throws whatever the program throws when it is run first
 */
export async function runHot(program: Program): Promise<FSWatcher> {
  let round = 0;
  let timer: NodeJS.Timeout | undefined;
  let reloading = Promise.resolve();
  await runProgram(program, round);
  const reload = async (): Promise<void> => {
    try {
      await runProgram(program, ++round);
      console.error("Reloaded");
    } catch (error) {
      console.error("Not reloaded:");
      report(error);
    }
  };
  return watch(dirname(program.file), { recursive: true }, (_event, name) => {
    if (name === null || !isSource(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      reloading = reloading.then(reload);
    }, SETTLE_MS);
  });
}

const SOURCE = /\.(?:[mc]?[jt]s|json)$/;

/** What a program may consist of; not what it writes, or that would go on for ever. */
function isSource(name: string): boolean {
  return (
    SOURCE.test(name) && !name.split(sep).some((part) => part === "node_modules" || part.startsWith("."))
  );
}
