import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterThisFile } from "../../../vitest.after-each.ts";

/** A directory for the test file, removed after it, also if a test asks for one. The path has no symbolic link. */
export function tempDir(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "mantou-")));
  afterThisFile(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes files by their paths below a directory, and makes the directories on their paths. */
export function fill(dir: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
