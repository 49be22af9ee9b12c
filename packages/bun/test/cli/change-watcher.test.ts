import fs, {
  chmodSync,
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChangeWatcher } from "../../src/cli/change-watcher.ts";
import { stampOf } from "../../src/loader/source/read-files.ts";

const root = tempDir();
let dir = "";
let told: string[] = [];
let watcher: ChangeWatcher;

beforeEach(() => {
  dir = mkdtempSync(join(root, "watched-"));
  told = [];
  watcher = new ChangeWatcher((paths) =>
    told.push(...paths.map((path) => path.slice(dir.length + 1)).sort()),
  );
});
afterEach(() => {
  watcher.close();
  vi.restoreAllMocks();
});

function write(name: string, text: string): void {
  mkdirSync(join(dir, name, ".."), { recursive: true });
  writeFileSync(join(dir, name), text);
}

function add(name: string, isMissing = false): void {
  const path = join(dir, name);
  watcher.add({ path, isMissing, stamp: stampOf(path, isMissing) });
}

/** Waits for the change to be told, and forgets it. */
async function tells(...names: string[]): Promise<void> {
  await until(() => told.length >= names.length, names.join());
  expect(told).toEqual(names);
  told = [];
}

describe("ChangeWatcher", () => {
  it("tells each way in which a file is saved, and several files at once", async () => {
    write("a.ts", "1");
    write("lib/b.ts", "1");
    write("lib/other.ts", "1");
    add("a.ts");
    add("lib/b.ts");
    write("a.ts", "22");
    await tells("a.ts");
    write("lib/.b.swp", "22");
    renameSync(join(dir, "lib/.b.swp"), join(dir, "lib/b.ts"));
    await tells("lib/b.ts");
    write("lib/other.ts", "22");
    write("lib/b.ts", "333");
    write("a.ts", "333");
    await tells("a.ts", "lib/b.ts");
  });

  it("tells that a file is gone and is back, with its folder, too", async () => {
    write("lib/in/b.ts", "1");
    add("lib/in/b.ts");
    rmSync(join(dir, "lib/in/b.ts"));
    await tells("lib/in/b.ts");
    write("lib/in/b.ts", "2");
    await tells("lib/in/b.ts");
    rmSync(join(dir, "lib"), { recursive: true });
    await tells("lib/in/b.ts");
    write("lib/in/b.ts", "3");
    await tells("lib/in/b.ts");
    write("lib/in/b.ts", "44");
    await tells("lib/in/b.ts");
  });

  it("tells a change between the reading and the watching", async () => {
    write("a.ts", "1");
    const path = join(dir, "a.ts");
    const stamp = stampOf(path, false);
    write("a.ts", "22");
    watcher.add({ path, isMissing: false, stamp });
    await tells("a.ts");
  });

  it("tells when a missing module is there, whatever its extension and however deep", async () => {
    write("lib/x", "");
    for (const name of ["lib/late", "lib/compiled.js", "new/in/deep", "lib"]) add(name, true);
    write("lib/unrelated.ts", "");
    write("lib/late.tsx", "");
    await tells("lib/late");
    write("lib/compiled.ts", "");
    await tells("lib/compiled.js");
    write("lib/index.ts", "");
    await tells("lib");
    mkdirSync(join(dir, "new"));
    await tells("new/in/deep");
    write("new/in/deep.ts", "");
    await until(() => told.length > 0, "deeper");
  });

  it("tells nothing for a file that is as it was", async () => {
    write("a.ts", "1");
    write("b.ts", "1");
    add("a.ts");
    add("b.ts");
    chmodSync(join(dir, "a.ts"), 0o600);
    write("b.ts", "22");
    await tells("b.ts");
  });

  it.each([
    ["cannot be watched", true],
    ["cannot be watched any longer", false],
  ])("says once that folders %s, and goes on with the others", async (_, atOnce) => {
    const said: string[] = [];
    vi.spyOn(console, "error").mockImplementation((text: unknown) => void said.push(String(text)));
    for (const name of ["a/a.ts", "b/b.ts", "c/c.ts"]) write(name, "1");
    const limit = new Error("ENOSPC: System limit for number of file watchers reached");
    const opened: FSWatcher[] = [];
    const { watch } = fs;
    // What the operating system refuses to one user depends on all that the user runs.
    fs.watch = ((...given: Parameters<typeof watch>) => {
      if (atOnce) throw limit;
      const watcher = watch(...given);
      opened.push(watcher);
      return watcher;
    }) as typeof watch;
    syncBuiltinESMExports();
    try {
      add("a/a.ts");
      add("b/b.ts");
    } finally {
      fs.watch = watch;
      syncBuiltinESMExports();
    }
    for (const watcher of opened) watcher.emit("error", limit);
    expect(said).toEqual([`Not all changes will be seen: ${limit.message}`]);
    add("c/c.ts");
    write("c/c.ts", "22");
    await tells("c/c.ts");
  });
});
