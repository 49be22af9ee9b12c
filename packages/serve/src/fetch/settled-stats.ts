import { fstatSync, type Stats, statSync } from "node:fs";

/**
 * To be called with the stats of what may be a pipe or a socket. Node.js has one place for the numbers of all its synchronous stats, and `realpathSync`
 * takes those of the last call for those of its next path (Node.js 20 to 26): behind a pipe or a socket, the next module would be loaded by
 * the path of a link, and perhaps a second time. Another file's numbers are put there.
 */
export function settled(stats: Stats): Stats {
  if (stats.isFIFO() || stats.isSocket()) statSync("/", { throwIfNoEntry: false });
  return stats;
}

/** The stats of a path or a descriptor at this moment; null if there is no such file. */
export function statNow(source: string | number): Stats | null {
  try {
    if (typeof source === "number") return settled(fstatSync(source));
    const stats = statSync(source, { throwIfNoEntry: false });
    return stats === undefined ? null : settled(stats);
  } catch {
    return null;
  }
}

/** Whether two paths or descriptors are of one regular file, by links too. */
export function isSameFile(one: string | number, other: string | number): boolean {
  const stats = statNow(one);
  if (stats?.isFile() !== true) return false;
  const others = statNow(other);
  return others !== null && stats.dev === others.dev && stats.ino === others.ino;
}
