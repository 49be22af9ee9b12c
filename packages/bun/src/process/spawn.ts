/** `Bun.spawn`, by Node's `child_process`. */
import { type ChildProcess, type StdioOptions, spawn as start } from "node:child_process";
import { faultOfStart, startError } from "./command.ts";
import { readOptions, type SpawnPlan } from "./options.ts";
import { planStdio, type StdioPlan } from "./stdio.ts";
import { Subprocess } from "./subprocess.ts";
import type { Subprocess as Documented, Readable, SpawnOptions, Writable } from "./types.ts";

/**
 * Starts a process, after Bun's documentation "Spawn". `bun`, and the path of this process's own program, stand for `mantou`.
 * @param command the program and its arguments
 * @throws Error `ENOENT` or `EACCES` if it cannot be started; TypeError or RangeError for an option of a wrong type or out of range; Error
 *   `ERR_NOT_IN_MANTOU` for `terminal`, `cgroup` and more pipes than three; `ABORT_ERR` if `signal` has aborted
 */
export function spawn<
  const In extends Writable = undefined,
  const Out extends Readable = undefined,
  const Err extends Readable = "inherit",
>(command: readonly string[], options?: SpawnOptions<In, Out, Err>): Documented<In, Out, Err>;
export function spawn<
  const In extends Writable = undefined,
  const Out extends Readable = undefined,
  const Err extends Readable = "inherit",
>(options: SpawnOptions<In, Out, Err> & { cmd: readonly string[] }): Documented<In, Out, Err>;
export function spawn(first: unknown, second?: unknown): Documented {
  const plan = readOptions(first, second, false);
  const stdio = planStdio(plan.options, "inherit", false);
  try {
    const child = startChild(plan, stdio);
    return new Subprocess(child, plan, stdio) as unknown as Documented;
  } finally {
    stdio.close();
  }
}

function startChild({ command, options, process: given }: SpawnPlan, { slots }: StdioPlan): ChildProcess {
  const hasChannel = typeof options.ipc === "function";
  let child: ChildProcess;
  try {
    child = start(command.file, [...command.args], {
      ...given,
      stdio: (hasChannel ? [...slots, "ipc"] : slots) as StdioOptions,
      ...(hasChannel && { serialization: options.serialization ?? "advanced" }),
    });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw syscall === "spawn" && code !== undefined ? startError(code, command.name) : error;
  }
  if (child.pid !== undefined) return child;
  child.on("error", () => {});
  throw startError(faultOfStart(command, given.cwd), command.name);
}
