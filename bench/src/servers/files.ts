import { closeSync, ftruncateSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { cache } from "../cache.ts";

/** The files that are served, by the path they are asked for. */
export const fileSizes: Readonly<Record<string, number>> = { "/1m": 2 ** 20, "/1g": 2 ** 30 };

/**
 * The path of a file of so many zeros, made if it is not there. It has holes instead of blocks, so it takes no place on the
 * disk; its pages come from the kernel's cache, as for any file that is read often.
 */
export function benchFile(bytes: number): string {
  const folder = join(cache, "files");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${bytes}.bin`);
  // It stays as old as it is: servers that keep files in memory wait until a change is some seconds old.
  if (statSync(path, { throwIfNoEntry: false })?.size === bytes) return path;
  const file = openSync(path, "a");
  ftruncateSync(file, bytes);
  closeSync(file);
  return path;
}
