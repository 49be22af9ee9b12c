import { availableParallelism, constants } from "node:os";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";
import { optionalBoolean, optionalFunction, optionalString, resolveInteger } from "../options/check.ts";
import { optionalSeconds } from "../options/stop-options.ts";
import { workerNumber } from "../socket/inherited.ts";
import { notifySystemd } from "../socket/systemd-notify.ts";
import { WorkerPool } from "./pool.ts";
import { SharedSockets } from "./shared-sockets.ts";
import type { WorkerCommand } from "./worker-process.ts";
import { openWorkersHub } from "./workers-hub.ts";

/** The options of `runWorkers`. A wrong type and an unknown name are a TypeError, a number out of range is a RangeError. */
export interface WorkersOptions {
  /** The number of processes, from 1 to 1024. `"auto"` is as many as this process may use processors. Default `"auto"`. */
  workers?: number | "auto";
  /** The arguments of the program. */
  args?: readonly string[];
  /** The options of Node.js for the program. Default: those of this process. */
  execArgv?: readonly string[];
  /** The environment of the program. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** The working directory of the program. Default: that of this process. */
  cwd?: string;
  /** Seconds for the requests under way when a worker ends, an integer from 0 to 86400. What takes longer is cut off. Default 60. */
  drainSeconds?: number;
  /**
   * Seconds, 0 to 86,400, between SIGTERM and the end of listening, in which `server.ready` is false in all workers. A reload has no grace: other
   * workers go on. Default 0.
   */
  graceSeconds?: number;
  /** Whether SIGTERM, SIGINT and SIGHUP of this process are for the workers. Default true. */
  signals?: boolean;
  /** Gets a line for each worker that ends by itself, and for a reload that fails. Default: writes it to standard error. */
  log?: (line: string) => void;
}

/** The running workers of a program. */
export interface Workers {
  /** Resolves when all workers listen, or have ended. */
  readonly ready: Promise<void>;
  /** Resolves when all workers have ended: with 0 after `stop`, with the code of the first worker, or 1, if that one has not called `serve`, and with 128 and the number of the signal that has ended them at once. */
  readonly ended: Promise<number>;
  /** The numbers of their processes, also of those that respond to their last requests. */
  readonly pids: readonly number[];
  /**
   * Replaces each worker by a new process, one after the other; each old one responds to the requests under way. No connection is refused.
   * @returns rejects if a new worker does not listen: the workers that have not been replaced go on
   */
  reload(): Promise<void>;
  /**
   * Ends all workers, after the responses to the requests under way.
   * @returns `ended`
   */
  stop(): Promise<number>;
}

const MOST_WORKERS = 1024;
const DAY = 86_400;
const DEFAULT_DRAIN = 60;
const OPTION_NAMES: Readonly<Record<keyof WorkersOptions, true>> = {
  args: true,
  cwd: true,
  drainSeconds: true,
  env: true,
  execArgv: true,
  graceSeconds: true,
  log: true,
  signals: true,
  workers: true,
};

/**
 * Runs a program in several processes that share its listening sockets: what `serve()` binds in the first worker, all later ones get as open
 * descriptors. The system gives each connection to a worker that is free to accept it. When a worker ends, also by SIGKILL, only its own
 * connections are lost, and it is started again. SIGTERM and SIGINT end the program after the requests under way, and a second one at once. SIGHUP replaces the workers,
 * without a refused connection. The program finds its number, from 1 on, in the environment as `MANTOU_WORKER`.
 *
 * @param file the program's module: a path from the working directory, or a `file:` URL
 * @throws TypeError or RangeError that names the option; Error on Windows, in a worker, and for values of `LISTEN_FDS` that
 *   systemd does not write
 * @example
 * ```ts
 * import { runWorkers } from "@mantou/serve/workers";
 *
 * const workers = runWorkers(new URL("server.js", import.meta.url), { workers: "auto" });
 * process.exitCode = await workers.ended;
 * ```
 */
export function runWorkers(file: string | URL, options: WorkersOptions = {}): Workers {
  if (process.platform === "win32")
    throw new Error("Workers share sockets by descriptors, which Windows does not have: start one process");
  if (workerNumber() !== null)
    throw new Error(
      "runWorkers() was called in a worker: the program of the workers must be another module, or ask workerNumber() first",
    );
  checkOptions(options);
  if (typeof file !== "string" && !(file instanceof URL))
    throw new TypeError("the program must be a path or a file: URL");
  const log = options.log ?? logLine;
  const workers = resolveWorkers(options.workers);
  const drainMs = resolveInteger(options.drainSeconds, "drainSeconds", DAY, DEFAULT_DRAIN) * 1000;
  const graceMs = (optionalSeconds(options.graceSeconds, "graceSeconds") ?? 0) * 1000;
  const program = {
    file: typeof file === "string" && !file.startsWith("file:") ? file : fileURLToPath(file),
    args: options.args ?? [],
    execArgv: options.execArgv ?? process.execArgv,
    cwd: options.cwd,
    env: options.env ?? process.env,
  };
  const sockets = new SharedSockets();
  const found = workers > 1 ? openWorkersHub(program, log) : null;
  const isApart = found === "missing";
  const hub = isApart ? null : found;
  const command: WorkerCommand = { ...program, env: { ...program.env, ...hub?.env }, isApart };
  const pool = new WorkerPool({ command, workers, sockets, drainMs, log });
  const ended = pool.ended.then(async (code) => {
    await hub?.close();
    return code;
  });
  void pool.ready.then(() => {
    if (pool.pids.length > 0) notifySystemd("READY=1", log);
  });
  if (options.signals !== false) listenToSignals(pool, graceMs, log);
  return {
    ready: pool.ready,
    ended,
    get pids() {
      return pool.pids;
    },
    reload: () => pool.reload(),
    stop: () => {
      notifySystemd("STOPPING=1", log);
      void pool.stop();
      return ended;
    },
  };
}

/** @throws RangeError for another number, TypeError for any other value */
export function resolveWorkers(value: unknown = "auto"): number {
  if (value === "auto") return availableParallelism();
  if (typeof value !== "number")
    throw new TypeError(`workers must be "auto" or an integer, not ${String(value)}`);
  if (!Number.isInteger(value) || value < 1 || value > MOST_WORKERS)
    throw new RangeError(`workers must be an integer from 1 to ${MOST_WORKERS}, not ${value}`);
  return value;
}

/** @throws TypeError that names the option; `workers` and `drainSeconds` are checked where they are resolved */
function checkOptions(options: WorkersOptions): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError("runWorkers() takes an object of options");
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(OPTION_NAMES, name)) {
      const names = Object.keys(OPTION_NAMES).join(", ");
      throw new TypeError(`runWorkers() has no option ${JSON.stringify(name)}; its options are ${names}`);
    }
  }
  for (const name of ["args", "execArgv"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(Array.isArray(value) && value.every((each) => typeof each === "string")))
      throw new TypeError(`${name} must be an array of strings`);
  }
  const { env, cwd, signals, log } = options;
  if (env !== undefined && (typeof env !== "object" || env === null))
    throw new TypeError("env must be an object");
  optionalString(cwd, "cwd");
  optionalBoolean(signals, "signals", true);
  optionalFunction(log, "log");
}

/** A terminal sends a signal to all its processes, and one that has started this one may pass it on: within this time it is one signal. */
const REPEATED_MS = 100;

function listenToSignals(pool: WorkerPool, graceMs: number, log: (line: string) => void): void {
  let since: number | null = null;
  const end = (signal: NodeJS.Signals): void => {
    if (since === null) {
      since = performance.now();
      notifySystemd("STOPPING=1", log);
      if (signal === "SIGTERM" && graceMs > 0) pool.stopLater(graceMs);
      else void pool.stop();
    } else if (performance.now() - since >= REPEATED_MS) pool.kill(128 + constants.signals[signal]);
  };
  const hadTerminal = isatty(0);
  const reload = (): void => {
    // A terminal that is closed sends SIGHUP, too, and is no terminal any more.
    if (hadTerminal && !isatty(0)) end("SIGHUP");
    else pool.reload().catch((error: Error) => log(`Not reloaded: ${error.message}`));
  };
  const listeners = { SIGINT: end, SIGTERM: end, SIGHUP: reload };
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  void pool.ended.then(() => {
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
  });
}

function logLine(line: string): void {
  console.error(line);
}
