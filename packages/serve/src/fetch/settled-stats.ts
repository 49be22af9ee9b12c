import { type Stats, statSync } from "node:fs";

/**
 * To be called with the stats of what may be a pipe or a socket. Node.js has one place for the numbers of all its synchronous stats, and `realpathSync`
 * takes those of the last call for those of its next path (Node.js 20 to 26): behind a pipe or a socket, the next module would be loaded by
 * the path of a link, and perhaps a second time. Another file's numbers are put there.
 */
export function settled(stats: Stats): Stats {
  if (stats.isFIFO() || stats.isSocket()) statSync("/", { throwIfNoEntry: false });
  return stats;
}
