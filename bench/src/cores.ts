import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Which cores the two sides run on. */
export interface Pinning {
  /** Whether `taskset` is there to pin anything at all. */
  readonly pinned: boolean;
  readonly server: number;
  readonly load: number;
  /** A remark on this placement for the reader of the numbers; empty if there is none. */
  readonly note: string;
}

/**
 * Reads a kernel list of cores such as `0-2,5`.
 *
 * @throws Error when it is not of that form.
 */
export function parseCoreList(list: string): number[] {
  const cores: number[] = [];
  for (const part of list.trim().split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) throw new Error(`not a list of cores: ${list}`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    for (let core = first; core <= last; core++) cores.push(core);
  }
  return cores;
}

/**
 * The server gets the first core that this process may use, the load the first other core that is not the same
 * physical core's second thread: two hyperthreads share their execution units, so one side would slow the other.
 */
export function chooseCores(
  allowed: readonly number[],
  siblings: (core: number) => readonly number[],
  pinned: boolean,
): Pinning {
  const server = allowed[0] ?? 0;
  const others = allowed.filter((core) => core !== server);
  const shared = siblings(server);
  const apart = others.find((core) => !shared.includes(core));
  const load = apart ?? others[0] ?? server;
  let note = "";
  if (!pinned) note = "taskset is missing: nothing is pinned, expect more noise";
  else if (load === server) note = "one core only: server and load share it, rates mean little";
  else if (apart === undefined) note = "server and load are two threads of one physical core";
  return { pinned, server, load, note };
}

/** Looks at this machine. */
export function detectPinning(): Pinning {
  const status = readFileSync("/proc/self/status", "utf8");
  const allowed = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status)?.[1] ?? "0";
  const pinned = spawnSync("taskset", ["--version"], { timeout: 5_000 }).status === 0;
  return chooseCores(parseCoreList(allowed), readSiblings, pinned);
}

function readSiblings(core: number): number[] {
  try {
    const path = `/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`;
    return parseCoreList(readFileSync(path, "utf8"));
  } catch {
    // Containers may hide the topology; then every core counts as a physical one.
    return [core];
  }
}

/** The command that runs `command` on `core`: taskset replaces itself by it, so the process id stays the same. */
export function pinnedCommand(
  pinning: Pinning,
  core: number,
  command: readonly string[],
): readonly [string, ...string[]] {
  const [program = "", ...rest] = command;
  if (!pinning.pinned) return [program, ...rest];
  return ["taskset", "--cpu-list", String(core), program, ...rest];
}

/** Moves this process itself off the server's core. Its children inherit that unless they are pinned anew. */
export function pinSelf(pinning: Pinning): void {
  if (!pinning.pinned) return;
  const core = String(pinning.load);
  spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", core, String(process.pid)], { timeout: 5_000 });
}
