import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { draftOf, entryOf, removeOldest } from "../../../src/loader/cache/cache-limits.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The name of an entry, which the number distinguishes from others. */
function entry(number: number): string {
  return basename(entryOf(folder, number.toString(16).padStart(64, "0")));
}

/** Makes a file that was written so many seconds ago. */
function write(name: string, size: number, seconds: number): void {
  const path = join(folder, name);
  writeFileSync(path, "x".repeat(size));
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

it("keeps all entries within both limits", () => {
  for (let i = 0; i < 4; i++) write(entry(i), 10, i);
  removeOldest(folder, { entries: 4, bytes: 40 });
  expect(readdirSync(folder)).toHaveLength(4);
});

it("keeps the newest half of too many entries", () => {
  for (let i = 0; i < 5; i++) write(entry(i), 10, i);
  removeOldest(folder, { entries: 4, bytes: 1000 });
  expect(readdirSync(folder)).toEqual([entry(0), entry(1)]);
});

it("keeps the newest entries that are half of too many bytes", () => {
  for (let i = 0; i < 5; i++) write(entry(i), 30, i);
  removeOldest(folder, { entries: 100, bytes: 120 });
  expect(readdirSync(folder)).toEqual([entry(0), entry(1)]);
});

it("removes drafts of processes that were killed, and none that is being written", () => {
  write(entry(0), 1, 3600);
  write(draftOf(entry(0)), 1, 61);
  const fresh = draftOf(entry(0));
  write(fresh, 1, 0);
  removeOldest(folder);
  expect(readdirSync(folder)).toEqual([entry(0), fresh]);
});

it("neither counts nor removes what else is in a folder that the program names", () => {
  // Bun's entries, files that other caches name by a hash, and folders.
  const others = [".env", "a.pile", "a.pile.1.0.1", "package.json", "0".repeat(64)];
  for (const name of others) write(name, 30, 3600);
  const folders = [".git", entry(8), draftOf(entry(9))];
  for (const name of folders) {
    mkdirSync(join(folder, name));
    utimesSync(join(folder, name), 1, 1);
  }
  for (let i = 0; i < 2; i++) write(entry(i), 10, i);
  removeOldest(folder, { entries: 2, bytes: 20 });
  expect(readdirSync(folder)).toEqual([...others, ...folders, entry(0), entry(1)].sort());
  write(entry(2), 10, 2);
  removeOldest(folder, { entries: 2, bytes: 20 });
  expect(readdirSync(folder)).toEqual([...others, ...folders, entry(0)].sort());
});
