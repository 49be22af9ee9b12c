import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { logError } from "@mantou/serve/hosting";
import { isOwn } from "../loader/resolve/module-url.ts";
import { reportReads } from "../loader/source/read-files.ts";
import { ChangeWatcher } from "./change-watcher.ts";
import { type Program, runProgram } from "./program.ts";
import { clearScreen } from "./screen.ts";

/** Runs a program, and runs it again in the same process whenever one of its files changes. */
export class HotRunner {
  readonly #watcher: ChangeWatcher;
  #changed: (() => void) | null = null;

  /** Make it before the first module is loaded: from then on it takes note of all files. */
  constructor() {
    this.#watcher = new ChangeWatcher(() => this.#changed?.());
    reportReads((file) => this.#watcher.add(file));
  }

  /**
   * As in Bun, the process stays, also if the program ends or throws: it waits for a change. If a module throws in a later run, servers behind that
   * error keep their handlers.
   *
   * @param clearsScreen whether a terminal is cleared before each run but the first
   */
  async run(program: Program, clearsScreen: boolean): Promise<void> {
    stayAtErrors();
    let round = 0;
    let running = attempt(() => runProgram(program, round), "");
    this.#changed = () => {
      running = running.then(() => {
        if (clearsScreen) clearScreen();
        forgetCommonJS();
        round++;
        return attempt(() => runProgram(program, round), "Reloaded");
      });
    };
    await running;
  }

  close(): void {
    this.#watcher.close();
  }
}

async function attempt(run: () => Promise<void>, success: string): Promise<void> {
  try {
    await run();
    if (success !== "") console.error(success);
  } catch (error) {
    if (success !== "") console.error("Not reloaded:");
    logError(error);
  }
}

/** An error that the program does not handle is reported, and the process goes on, as in Bun. */
function stayAtErrors(): void {
  process.on("uncaughtException", (error) => {
    if (process.listenerCount("uncaughtException") === 1) logError(error);
  });
  // Without a reader of the output, as when the parent has ended, each report would fail and be reported, without end. A program may listen itself.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => {
      if (stream.listenerCount("error") === 1) process.exit(1);
    });
}

/**
 * Node.js caches CommonJS modules by path, without the URL's mark of the reload: a cached module would not run again. A native addon stays, since
 * not each of them can be loaded twice.
 */
function forgetCommonJS(): void {
  const { cache } = createRequire(import.meta.url);
  for (const path of Object.keys(cache))
    if (!path.endsWith(".node") && !isOwn(pathToFileURL(path).href)) delete cache[path];
}
