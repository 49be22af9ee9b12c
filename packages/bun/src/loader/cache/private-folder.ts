import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder, which is made if it is not there; null if another user could write to it: what it keeps is code that runs. */
export function privateFolder(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = lstatSync(folder);
    // The kernel checks the effective user.
    const isOurs = process.geteuid === undefined || stats.uid === process.geteuid();
    const isPrivate = process.platform === "win32" || (stats.mode & 0o022) === 0;
    return stats.isDirectory() && isOurs && isPrivate ? folder : null;
  } catch {
    return null;
  }
}

/** The same for a folder of this name below that for temporary files. */
export function temporaryFolder(name: string): string | null {
  return privateFolder(join(tmpdir(), `${name}-${process.geteuid?.() ?? "cache"}`));
}

/** Bun's variable for its cache: a folder, or nothing for no cache. */
export const GIVEN_CACHE: string | undefined = process.env["BUN_RUNTIME_TRANSPILER_CACHE_PATH"];

/** Whether that variable forbids a cache. */
export function forbidsCache(): boolean {
  return GIVEN_CACHE === "" || GIVEN_CACHE === "0";
}
