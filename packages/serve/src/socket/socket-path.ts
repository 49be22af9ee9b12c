import { spawnSync } from "node:child_process";
import { linkSync, lstatSync, renameSync, statSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";

// The files of Unix sockets.

/** The environment of short-lived processes, without the options of this one: one may be an inspector that waits. */
export const CHILD_ENV: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: "" };

/** Longer than any local connection takes. Without a result the file stays. */
const PROBE_MS = 5000;

/** The size of the path in `sockaddr_un`, with a NUL at the end of a path, or in front of an abstract name. */
export function maxPathBytes(path: string): number {
  if (process.platform === "win32") return Number.POSITIVE_INFINITY;
  if (process.platform !== "linux") return 103;
  return path.startsWith("\0") ? 108 : 107;
}

/** The error code of a missing directory of a path; null if it exists. */
export function missingDirectory(path: string): string | null {
  try {
    return statSync(dirname(path)).isDirectory() ? null : "ENOTDIR";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? null;
  }
}

/** A program that exits with code 3 if no process listens on a path. */
const PROBE =
  "require('net').connect(process.argv[1],()=>process.exit(0)).on('error',(e)=>process.exit(e.code==='ECONNREFUSED'?3:0))";

/**
 * Removes the file of a socket that a killed process has left behind: no process can listen there until the file is gone. Only a
 * connection shows whether the file is in use. Node.js connects on a later turn, so that another process does it.
 * @returns whether there was such a file, which is gone now
 */
export function removeStale(path: string): boolean {
  try {
    if (path.startsWith("\0") || !lstatSync(path, { bigint: true }).isSocket()) return false;
    if (spawnSync(process.execPath, ["-e", PROBE, path], { timeout: PROBE_MS, env: CHILD_ENV }).status !== 3)
      return false;
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Gives the file of a socket another path, in place of the name that it has.
 * @throws Error with the code EEXIST if the path is in use
 */
export function linkPath(name: string, path: string): void {
  try {
    linkSync(name, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      // Not every file system has links.
      renameSync(name, path);
      return;
    }
    if (!removeStale(path)) throw error;
    linkSync(name, path);
  }
  unlinkSync(name);
}
