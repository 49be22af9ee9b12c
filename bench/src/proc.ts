import { readFileSync } from "node:fs";

/**
 * CPU time and memory as the kernel counts them, from /proc (see proc(5)). Asking the operating system, not the
 * server, means that every contestant is measured in the same way: helper threads and kernel time are included, and
 * nothing is added to what the server runs.
 */

/**
 * Ticks per second of every time in /proc/<pid>/stat and /proc/stat. The kernel scales what it reports to user space to
 * USER_HZ, which is 100 on each architecture that Node.js has Linux builds for.
 */
const TICKS_PER_SECOND = 100;

export interface ProcessTimes {
  /** CPU seconds in user mode, of all threads, those that ended included. */
  readonly user: number;
  /** CPU seconds in kernel mode, likewise. */
  readonly system: number;
  /** CPU seconds, user and kernel, of the children that ended and were waited for. */
  readonly children: number;
}

/**
 * Reads one line of /proc/<pid>/stat.
 *
 * @throws Error when the line is not of that form.
 */
export function parseProcessStat(line: string): ProcessTimes {
  // Field 2 is the command's name in parentheses, which may hold spaces and parentheses itself: count from the last one.
  const end = line.lastIndexOf(") ");
  const fields = line.slice(end + 2).split(" ");
  // fields[0] is field 3 (state); utime, stime, cutime and cstime are fields 14 to 17.
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  if (end < 0 || user === undefined || system === undefined) {
    throw new Error(`not a line of /proc/<pid>/stat: ${line}`);
  }
  const children = (childUser ?? Number.NaN) + (childSystem ?? Number.NaN);
  if (Number.isNaN(user + system + children)) throw new Error(`not a line of /proc/<pid>/stat: ${line}`);
  return {
    user: user / TICKS_PER_SECOND,
    system: system / TICKS_PER_SECOND,
    children: children / TICKS_PER_SECOND,
  };
}

export interface CoreTimes {
  /** Seconds this core ran anything: user, nice, system, hardware and software interrupts. */
  readonly busy: number;
  /** Seconds the hypervisor gave to another guest while this core had work. */
  readonly stolen: number;
}

/**
 * Finds one core's line in /proc/stat.
 *
 * @throws Error when the core is not listed.
 */
export function parseCoreStat(text: string, core: number): CoreTimes {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`cpu${core} `));
  if (line === undefined) throw new Error(`/proc/stat lists no core ${core}`);
  const [user, nice, system, , , irq, softirq, steal] = line.split(" ").slice(1).map(Number);
  const busy = (user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0);
  return { busy: busy / TICKS_PER_SECOND, stolen: (steal ?? 0) / TICKS_PER_SECOND };
}

/**
 * The most physical memory the process has held so far, in bytes (VmHWM of /proc/<pid>/status).
 *
 * @throws Error when the text has no such line, as that of a zombie has not.
 */
export function parsePeakMemory(status: string): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(status);
  if (match === null) throw new Error("the process's status has no VmHWM line");
  return Number(match[1]) * 1024;
}

/**
 * The physical memory that the process holds now, in bytes (VmRSS of /proc/<pid>/status).
 *
 * @throws Error when the text has no such line, as that of a zombie has not.
 */
export function parseMemory(status: string): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  if (match === null) throw new Error("the process's status has no VmRSS line");
  return Number(match[1]) * 1024;
}

/** The numbers that are read at each end of a measured window. */
export interface Sample {
  /** Milliseconds on the monotonic clock of the process that took the sample. */
  readonly at: number;
  readonly server: ProcessTimes;
  readonly serverCore: CoreTimes;
  readonly loadCore: CoreTimes;
}

/** The process and the cores with the times of a window. */
export interface Watched {
  readonly serverPid: number;
  readonly serverCore: number;
  readonly loadCore: number;
}

/**
 * Reads the server's times and those of both cores, one right after the other.
 *
 * @throws Error when the process is gone or a core does not exist.
 */
export function takeSample(watched: Watched): Sample {
  const at = performance.now();
  const server = readProcessTimes(watched.serverPid);
  const cores = readFileSync("/proc/stat", "utf8");
  return {
    at,
    server,
    serverCore: parseCoreStat(cores, watched.serverCore),
    loadCore: parseCoreStat(cores, watched.loadCore),
  };
}

/** @throws Error when the process is gone. */
export function readProcessTimes(pid: number | "self"): ProcessTimes {
  return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** In bytes. @throws Error when the process is gone. */
export function readPeakMemory(pid: number): number {
  return parsePeakMemory(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** In bytes. @throws Error when the process is gone. */
export function readMemory(pid: number): number {
  return parseMemory(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** What happened between two samples. */
export interface Usage {
  readonly seconds: number;
  /** CPU seconds of the server. */
  readonly user: number;
  readonly system: number;
  /** CPU seconds for which each core was busy or taken away by the hypervisor, for any process. */
  readonly serverCore: number;
  readonly loadCore: number;
}

export function usageBetween(before: Sample, after: Sample): Usage {
  return {
    seconds: (after.at - before.at) / 1000,
    user: after.server.user - before.server.user,
    system: after.server.system - before.server.system,
    serverCore: taken(after.serverCore) - taken(before.serverCore),
    loadCore: taken(after.loadCore) - taken(before.loadCore),
  };
}

function taken(core: CoreTimes): number {
  return core.busy + core.stolen;
}
