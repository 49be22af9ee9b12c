import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Open files of a server or a client besides its connections. */
const others = 200;

export interface FileLimit {
  /** The command prefix that starts it with that limit. */
  readonly prefix: readonly string[];
  /** How many connections a process may then have. */
  readonly connections: number;
  /** A remark for the reader of the numbers; empty if there is none. */
  readonly note: string;
}

/**
 * @param hard this process's hard limit of open files
 * @param raise tries to raise it to that many
 */
export function chooseFileLimit(wanted: number, hard: number, raise: (files: number) => boolean): FileLimit {
  const files = wanted + others;
  // Node.js and Bun raise their soft limit to the hard one by themselves.
  if (files <= hard) return { prefix: [], connections: wanted, note: "" };
  if (raise(files)) return { prefix: ["prlimit", `--nofile=${files}`], connections: wanted, note: "" };
  const connections = Math.max(1, hard - others);
  const note = `${connections} connections, not ${wanted}: a process may open ${hard} files here (ulimit -n)`;
  return { prefix: [], connections, note };
}

/** Looks at this machine. */
export function detectFileLimit(wanted: number): FileLimit {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return chooseFileLimit(wanted, hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard), (files) => {
    return spawnSync("prlimit", [`--nofile=${files}`, "true"], { timeout: 5_000 }).status === 0;
  });
}
