import { createRequire, syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { PlainWorker } from "../../base/plain-worker.ts";
import { findModule } from "../resolve/resolve.ts";

const threads = createRequire(import.meta.url)("node:worker_threads") as { Worker: typeof Worker };

/** The module that a Node.js process imports to run Bun's programs. */
const REGISTER: string = new URL("../../register.js", import.meta.url).href;

/** The options of Node.js for a thread or a process, in which modules are found and read as here. */
export function registering(options: readonly string[] = process.execArgv, ...more: string[]): string[] {
  const missing = [REGISTER, ...more].filter((url) => !options.includes(url));
  return [...options, ...missing.flatMap((url) => ["--import", url])];
}

/**
 * From now on a `Worker` of `node:worker_threads` finds and reads modules as Bun does, and so does a child process that `fork` starts. A thread
 * has hooks of its own, and inherits only what stands on the command line of Node.js.
 */
export function registerInWorkers(): void {
  process.execArgv = registering();
  threads.Worker = class Worker extends PlainWorker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      super(options.eval === true ? file : workerFile(file), {
        ...options,
        execArgv: registering(options.execArgv),
      });
    }
  };
  syncBuiltinESMExports();
}

/** The URL of a worker's file as Bun finds it, from the current folder; what Node.js is given if there is none. */
export function workerFile(file: string | URL): string | URL {
  if (typeof file !== "string") return file;
  const folder = process.cwd();
  const found = findModule(file, folder, "import") ?? findModule(`./${file}`, folder, "import");
  if (found === null) return file;
  return new URL(pathToFileURL(found.file).href + found.query);
}
