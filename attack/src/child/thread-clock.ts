import { Buffer } from "node:buffer";
import { openSync, readSync } from "node:fs";

/** The scheduler's account of the main thread (Linux): the nanoseconds that it has run, and two other numbers. */
const ACCOUNT = "/proc/self/schedstat";
const line = Buffer.alloc(128);

/**
 * Milliseconds of CPU time that the main thread has used: neither what other processes take of a busy machine nor the work of
 * helper threads (zlib, collections) counts. Where the system has no such account, it is the CPU time of the process.
 */
export const threadCpu: () => number = openAccount() ?? processCpu;

function openAccount(): (() => number) | null {
  try {
    const descriptor = openSync(ACCOUNT, "r");
    const read = (): number =>
      Number.parseInt(line.toString("latin1", 0, readSync(descriptor, line, 0, line.length, 0)), 10) / 1e6;
    return read() > 0 ? read : null;
  } catch {
    return null;
  }
}

function processCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
