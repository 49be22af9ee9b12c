/** The files of the cache of compiled files, and how large it may be. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** Beyond one of them the oldest entries go, until the rest has half of both. */
const LIMITS: CacheLimits = { entries: 2000, bytes: 256 * 1024 * 1024 };
/** A draft that is older is of a process that was killed. */
const MAX_DRAFT_MS = 60_000;
/** BUN_RUNTIME_TRANSPILER_CACHE_PATH may name a folder with other files, such as Bun's entries: only files with such names are counted and removed. */
const OWN_FILE = /^[\da-f]{64}\.mantou(?<draft>\.\d+\.\d+\.\d+)?$/;

let drafts = 0;

/**
 * The path of an entry.
 * @param hash 64 hexadecimal digits
 */
export function entryOf(folder: string, hash: string): string {
  return join(folder, `${hash}.mantou`);
}

/** The path under which an entry is written, before it gets its name. */
export function draftOf(entry: string): string {
  return `${entry}.${process.pid}.${threadId}.${++drafts}`;
}

interface OwnFile {
  readonly path: string;
  readonly isDraft: boolean;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Removes what is too much of the cache in its folder. */
export function removeOldest(folder: string, limits: CacheLimits = LIMITS): void {
  const found = readdirSync(folder).flatMap((name) => ownFile(folder, name));
  const bytes = found.reduce((sum, { size }) => sum + size, 0);
  const isFull = found.length > limits.entries || bytes > limits.bytes;
  found.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let keptEntries = 0;
  let keptBytes = 0;
  for (const { path, isDraft, size, mtimeMs } of found) {
    keptEntries++;
    keptBytes += size;
    const isOver = isFull && (keptEntries > limits.entries / 2 || keptBytes > limits.bytes / 2);
    const isAbandoned = isDraft && Date.now() - mtimeMs > MAX_DRAFT_MS;
    if (isOver || isAbandoned) rmSync(path, { force: true });
  }
}

/** The file of the cache that has this name; none for what is not of the cache, or has just been removed. */
function ownFile(folder: string, name: string): OwnFile[] {
  const match = OWN_FILE.exec(name);
  if (match === null) return [];
  const path = join(folder, name);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return [];
  const { size, mtimeMs } = stats;
  return [{ path, isDraft: match.groups!["draft"] !== undefined, size, mtimeMs }];
}
