/** `Bun.spawnSync`, by Node's `child_process`. */
import { spawnSync as run, type SpawnSyncReturns, type StdioOptions } from "node:child_process";
import { startError } from "./command.ts";
import { timeLeft } from "./deadlines.ts";
import { readOptions } from "./options.ts";
import { readNow } from "./read-now.ts";
import { planStdio } from "./stdio.ts";
import { noUsage } from "./subprocess.ts";
import type { Readable, SpawnSyncOptions, SyncSubprocess, Writable } from "./types.ts";

/**
 * Runs a process, and waits for its end. Nothing else happens meanwhile.
 * @throws as `spawn` does; TypeError for a stream as input
 */
export function spawnSync<
  const In extends Writable = undefined,
  const Out extends Readable = undefined,
  const Err extends Readable = undefined,
>(command: readonly string[], options?: SpawnSyncOptions<In, Out, Err>): SyncSubprocess<Out, Err>;
export function spawnSync<
  const In extends Writable = undefined,
  const Out extends Readable = undefined,
  const Err extends Readable = undefined,
>(options: SpawnSyncOptions<In, Out, Err> & { cmd: readonly string[] }): SyncSubprocess<Out, Err>;
export function spawnSync(first: unknown, second?: unknown): SyncSubprocess {
  const {
    command,
    options,
    killSignal,
    timeout,
    maxBuffer,
    process: given,
  } = readOptions(first, second, true);
  const stdio = planStdio(options, "pipe", true);
  try {
    const input = stdio.input === null ? undefined : readNow(stdio.input);
    const left = timeLeft(options.signal);
    const limit = Math.min(timeout ?? Number.POSITIVE_INFINITY, left);
    const ended = run(command.file, [...command.args], {
      ...given,
      stdio: stdio.slots as StdioOptions,
      ...(input !== undefined && { input }),
      ...(Number.isFinite(limit) && { timeout: limit }),
      maxBuffer,
      killSignal,
    });
    return resultOf(ended, command.name, limit === left);
  } finally {
    stdio.close();
  }
}

/** Faults that end a process, in place of keeping it from starting. */
const LIMITS = { ETIMEDOUT: "exitedDueToTimeout", ENOBUFS: "exitedDueToMaxBuffer" } as const;

/** @param bySignal whether the signal would have ended it, before its own time is over */
function resultOf(ended: SpawnSyncReturns<Buffer>, name: string, bySignal: boolean): SyncSubprocess {
  const code = (ended.error as NodeJS.ErrnoException | undefined)?.code;
  const hasAborted = bySignal && code === "ETIMEDOUT";
  const limit = code === undefined || hasAborted ? undefined : LIMITS[code as keyof typeof LIMITS];
  if (code !== undefined && ended.pid === 0) throw startError(code, name);
  const result = {
    exitCode: ended.status,
    ...(ended.signal !== null && { signalCode: ended.signal }),
    stdout: ended.stdout ?? undefined,
    stderr: ended.stderr ?? undefined,
    success: ended.status === 0,
    ...(limit !== undefined && { [limit]: true as const }),
    pid: ended.pid,
  };
  // Copies and prints of the result do not ask for it.
  return Object.defineProperty(result, "resourceUsage", {
    configurable: true,
    get() {
      throw noUsage();
    },
  });
}
