import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A path for the processes of this user that have this working directory, in a folder that no other user may enter.
 * @throws Error if that folder is another user's, or open to others
 */
export function defaultPath(folder: string = privateFolder()): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  // Another user may have made it first, or a link to a folder of ours.
  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o077) !== 0) {
    throw new Error(
      `${folder} must be a folder of this user alone (mode 0700): remove it, or give local() a path`,
    );
  }
  const program = createHash("sha256").update(process.cwd()).digest("hex").slice(0, 16);
  return join(folder, `${program}.sock`);
}

function privateFolder(): string {
  return join(tmpdir(), `mantou-${process.getuid?.() ?? 0}`);
}
