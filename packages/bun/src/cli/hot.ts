import { type FSWatcher, watch } from "node:fs";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { logError } from "@mantou/serve/hosting";
import { type Program, runProgram } from "./program.ts";

/** Editors write a file in several steps: changes within this many milliseconds count as one. */
const SETTLE_MS = 50;

/**
 * Runs the program, and runs it again whenever a file in its folder changes. If a module throws, servers behind that error keep their
 * handlers.
 *
 * @returns null if the folder cannot be watched: the program runs, and is not reloaded
 * @throws what the program throws in its first run
 */
export async function runHot(program: Program): Promise<FSWatcher | null> {
  let round = 0;
  let timer: NodeJS.Timeout | undefined;
  let reloading = Promise.resolve();
  await runProgram(program, round);
  const reload = async (): Promise<void> => {
    try {
      forgetCommonJS();
      await runProgram(program, ++round);
      console.error("Reloaded");
    } catch (error) {
      console.error("Not reloaded:");
      logError(error);
    }
  };
  const changed = (_event: string, name: string | null): void => {
    if (name === null || !isSource(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      reloading = reloading.then(reload);
    }, SETTLE_MS);
  };
  try {
    const watcher = watch(dirname(program.file), { recursive: true }, changed);
    // A directory is gone, or inotify has no more watches for this user (ENOSPC): the others are still watched.
    watcher.on("error", warn);
    return watcher;
  } catch (error) {
    warn(error);
    return null;
  }
}

function warn(error: unknown): void {
  console.error(`Not all changes will be seen: ${(error as Error).message}`);
}

/** Node.js caches CommonJS modules by path, without the URL's mark of the reload: a cached module would not run again. */
function forgetCommonJS(): void {
  const { cache } = createRequire(import.meta.url);
  for (const path of Object.keys(cache)) if (!path.split(sep).includes("node_modules")) delete cache[path];
}

const SOURCE = /\.(?:[mc]?[jt]s|json)$/;

/** Whether a program may consist of this file. A file that the program itself writes must not count, or reloading would never end. */
function isSource(name: string): boolean {
  return (
    SOURCE.test(name) && !name.split(sep).some((part) => part === "node_modules" || part.startsWith("."))
  );
}
