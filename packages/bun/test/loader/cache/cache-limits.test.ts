import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { draftOf, removeOldest } from "../../../src/loader/cache/cache-limits.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Makes an entry that was written so many seconds ago. */
function write(name: string, size: number, seconds: number): void {
  const path = join(folder, name);
  writeFileSync(path, "x".repeat(size));
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

it("keeps all entries within both limits", () => {
  for (let i = 0; i < 4; i++) write(`${i}`, 10, i);
  removeOldest(folder, { entries: 4, bytes: 40 });
  expect(readdirSync(folder)).toHaveLength(4);
});

it("keeps the newest half of too many entries", () => {
  for (let i = 0; i < 5; i++) write(`${i}`, 10, i);
  removeOldest(folder, { entries: 4, bytes: 1000 });
  expect(readdirSync(folder)).toEqual(["0", "1"]);
});

it("keeps the newest entries that are half of too many bytes", () => {
  for (let i = 0; i < 5; i++) write(`${i}`, 30, i);
  removeOldest(folder, { entries: 100, bytes: 120 });
  expect(readdirSync(folder)).toEqual(["0", "1"]);
});

it("removes drafts of processes that were killed, and none that is being written", () => {
  write("entry", 1, 3600);
  write(draftOf("entry"), 1, 61);
  const fresh = draftOf("entry");
  write(fresh, 1, 0);
  removeOldest(folder);
  expect(readdirSync(folder)).toEqual(["entry", fresh]);
});
