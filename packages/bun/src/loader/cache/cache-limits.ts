/** How large the cache of compiled files may be. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { threadId } from "node:worker_threads";

interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** Beyond one of them the oldest entries go, until the rest has half of both. */
const LIMITS: CacheLimits = { entries: 2000, bytes: 256 * 1024 * 1024 };
/** A draft that is older is of a process that was killed. */
const MAX_DRAFT_MS = 60_000;

let drafts = 0;

/** The path under which an entry is written, before it gets its name. */
export function draftOf(entry: string): string {
  return `${entry}.${process.pid}.${threadId}.${++drafts}`;
}

/** Removes what is too much in the folder of the cache. */
export function removeOldest(folder: string, limits: CacheLimits = LIMITS): void {
  const found = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const { mtimeMs = 0, size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    return { path, size, mtimeMs };
  });
  const bytes = found.reduce((sum, { size }) => sum + size, 0);
  const isFull = found.length > limits.entries || bytes > limits.bytes;
  found.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let keptEntries = 0;
  let keptBytes = 0;
  for (const { path, size, mtimeMs } of found) {
    keptEntries++;
    keptBytes += size;
    const isOver = isFull && (keptEntries > limits.entries / 2 || keptBytes > limits.bytes / 2);
    const isAbandoned = basename(path).includes(".") && Date.now() - mtimeMs > MAX_DRAFT_MS;
    if (isOver || isAbandoned) rmSync(path, { force: true });
  }
}
