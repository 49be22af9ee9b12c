import { type Stats, statSync } from "node:fs";

/** The stats of a path; undefined for what is not there, also below a file. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A path through a file (ENOTDIR), or one that is too long.
    return undefined;
  }
}

export function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}
