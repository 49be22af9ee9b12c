import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";
import { logError } from "@mantou/serve/hosting";
import { forgetPackages } from "../loader/resolve/package-json.ts";
import { reportReads } from "../loader/source/read-files.ts";
import { forgetCompilerOptions } from "../loader/transform/transform-options.ts";
import { exitCodeOf } from "../process/signals.ts";
import { ChangeWatcher } from "./change-watcher.ts";
import { channelOptions, closeChannel, passMessages } from "./channel.ts";
import { checkModule } from "./check-module.ts";
import { ENDING, type Ended } from "./child.ts";
import { clearScreen } from "./screen.ts";
import { REPORT_FD, type WatchReport } from "./watch-report.ts";

/** A program that does not end on its signal within this time is ended. */
const GRACE_MS = 1000;

export interface WatchedCommand {
  /** Arguments of Node.js, with which the program starts again and again. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which this command has been started. */
  readonly cwd: string;
  readonly killSignal: NodeJS.Signals;
  readonly clearsScreen: boolean;
  /** Descriptors that the program gets, behind its pipe for reports. */
  readonly descriptors: readonly number[];
}

/**
 * Runs a program in a process of its own, and starts it again whenever one of its files changes. Node's own `--watch` knows only the modules that it
 * reads itself, and none that is missing. As in Bun, a program that ends or throws is started again, and `process.exit` ends the watching.
 *
 * @returns how the last one has ended
 */
export function runWatched(command: WatchedCommand): Promise<Ended> {
  return new Promise((resolve) => new WatchRunner(command, resolve).start());
}

class WatchRunner {
  readonly #command: WatchedCommand;
  readonly #ended: (how: Ended) => void;
  readonly #watcher = new ChangeWatcher((paths) => this.#changed(paths));
  /** Changed files that cannot be run yet. */
  readonly #faulty = new Set<string>();
  #child: ChildProcess | null = null;
  /** The messages of the program to what has started this command. */
  #messages: Promise<void> = Promise.resolve();
  #isRestarting = false;
  #isEnding = false;

  constructor(command: WatchedCommand, ended: (how: Ended) => void) {
    this.#command = command;
    this.#ended = ended;
    reportReads((file) => this.#watcher.add(file));
    for (const signal of ENDING) process.on(signal, this.#end);
  }

  start(): void {
    const { args, env, cwd, descriptors } = this.#command;
    this.#isRestarting = false;
    const channel = channelOptions();
    const stdio: StdioOptions = [
      "inherit",
      "inherit",
      "inherit",
      "pipe",
      ...descriptors,
      ...channel.descriptors,
    ];
    const child = spawn(process.execPath, args, { stdio, env, cwd, ...channel.options });
    this.#child = child;
    this.#messages = passMessages(child);
    let exits = false;
    const reports = createInterface({ input: child.stdio[REPORT_FD] as Readable });
    reports.on("line", (line) => {
      const report = JSON.parse(line) as WatchReport;
      if ("exits" in report) exits = true;
      else this.#watcher.add(report);
    });
    child.on("error", (error) => {
      logError(error);
      this.#finish({ code: 1, signal: null });
    });
    const allReports = new Promise((resolve) => reports.once("close", resolve));
    const messages = this.#messages;
    // Not "close": that event does not come once this side has closed the channel (Node.js 20 and 26).
    child.once("exit", (code, signal) => {
      void Promise.all([allReports, messages]).then(() => {
        this.#child = null;
        if (this.#isRestarting) this.#restart();
        else if (this.#isEnding || exits) this.#finish({ code: code ?? exitCodeOf(signal!), signal });
      });
    });
  }

  #changed(paths: readonly string[]): void {
    if (this.#isEnding || this.#isRestarting) return;
    if (this.#child === null) {
      this.#faulty.clear();
      this.#restart();
    } else if (this.#canRun(paths)) this.#stopChild(this.#command.killSignal);
  }

  /** A program with a fault would end at once: the last good one goes on until the fault is mended. */
  #canRun(paths: readonly string[]): boolean {
    forgetPackages();
    forgetCompilerOptions();
    for (const path of new Set([...paths, ...this.#faulty])) {
      this.#faulty.delete(path);
      if (!existsSync(path)) {
        // Its importers may be about to change, or it may come back.
        console.error(`Not restarted: ${path} is not there any more`);
        return false;
      }
      try {
        checkModule(path);
      } catch (error) {
        this.#faulty.add(path);
        if (paths.includes(path)) logError(error);
      }
    }
    return this.#faulty.size === 0;
  }

  #stopChild(signal: NodeJS.Signals): void {
    this.#isRestarting = true;
    const child = this.#child!;
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    child.once("exit", () => clearTimeout(timer));
  }

  #restart(): void {
    if (this.#isEnding) return;
    if (this.#command.clearsScreen) clearScreen();
    this.start();
  }

  readonly #end = (signal: NodeJS.Signals): void => {
    this.#isEnding = true;
    if (this.#child === null) this.#finish({ code: exitCodeOf(signal), signal });
    else this.#child.kill(signal);
  };

  #finish(how: Ended): void {
    for (const signal of ENDING) process.off(signal, this.#end);
    this.#watcher.close();
    void this.#messages.then(closeChannel);
    this.#ended(how);
  }
}
