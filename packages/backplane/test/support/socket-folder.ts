import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEachTest } from "../../../../vitest.after-each.ts";

const folders: string[] = [];

afterEachTest(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, which is removed after the test. */
export function socketFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mantou-b-"));
  folders.push(folder);
  return folder;
}
