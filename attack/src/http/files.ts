import fs, { closeSync, ftruncateSync, openSync, readlinkSync, truncateSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { ReadFault } from "./script.ts";

interface Faulty {
  readonly fault: ReadFault;
  reads: number;
}

/** Files with faulty reads, by their paths. */
const faulty = new Map<string, Faulty>();

/** Makes a file of zeros, and notes its fault. */
export function makeFile(path: string, size: number, fault: ReadFault | null): void {
  const fd = openSync(path, "w");
  ftruncateSync(fd, size);
  closeSync(fd);
  if (fault !== null) faulty.set(path, { fault, reads: 0 });
}

type ReadCallback = (error: Error | null, count?: number, buffer?: unknown) => void;
type Read = (
  fd: number,
  target: unknown,
  offset: number,
  length: number,
  position: unknown,
  done: ReadCallback,
) => void;
type ReadSync = (fd: number, target: unknown, offset: number, length: number, position: unknown) => number;

/**
 * Makes the reads of such files fail, as a bad disk, a network file system, or a program that closes foreign descriptors
 * would. It replaces the operating system's part, and no part of the server.
 */
export function breakReads(): void {
  const read = fs.read as unknown as Read;
  const readSync = fs.readSync as unknown as ReadSync;
  const brokenRead: Read = (fd, target, offset, length, position, done) => {
    const { error, delay, length: count } = meddle(fd, length);
    const go = (): void => {
      if (error === null) read(fd, target, offset, count, position, done);
      else done(error);
    };
    if (delay > 0) setTimeout(go, delay);
    else if (error === null) go();
    else setImmediate(go);
  };
  const brokenReadSync: ReadSync = (fd, target, offset, length, position) => {
    const { error, length: count } = meddle(fd, length);
    if (error !== null) throw error;
    return readSync(fd, target, offset, count, position);
  };
  Object.assign(fs, { read: brokenRead, readSync: brokenReadSync });
  syncBuiltinESMExports();
}

const WELL = { error: null, delay: 0 };

function meddle(fd: number, length: number): { error: Error | null; delay: number; length: number } {
  const path = pathOf(fd);
  const file = faulty.get(path);
  if (file === undefined || file.reads++ < file.fault.at) return { ...WELL, length };
  switch (file.fault.how) {
    case "EIO":
    case "EBADF":
      return {
        error: Object.assign(new Error(`${file.fault.how}: read`), { code: file.fault.how }),
        delay: 0,
        length,
      };
    case "short":
      return { ...WELL, length: Math.max(1, length >> 3) };
    case "slow":
      return { error: null, delay: 10, length };
    case "cut":
      truncateSync(path, 0);
      return { ...WELL, length };
    case "gone":
      // The next file that is opened gets the lowest free number: this one's.
      closeSync(fd);
      openSync("/dev/null", "r");
      return { ...WELL, length };
  }
}

function pathOf(fd: number): string {
  if (faulty.size === 0) return "";
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}
