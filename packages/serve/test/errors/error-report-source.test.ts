import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sourceExcerpt } from "../../src/errors/error-report.ts";

const folder = mkdtempSync(join(tmpdir(), "mantou-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("the lines around one", () => {
  const file = write("a.ts", Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join("\r\n"));

  it.each([
    [1, 1, 5],
    [10, 5, 14],
    [20, 15, 20],
  ])("of line %i are %i to %i", (line, first, last) => {
    const lines = sourceExcerpt(file, line);
    expect([lines[0]?.number, lines.at(-1)?.number]).toEqual([first, last]);
    for (const { number, text } of lines) expect(text).toBe(`line ${number}`);
  });

  it.each([0, 21, -1])("there are none of line %i", (line) => expect(sourceExcerpt(file, line)).toEqual([]));

  it("are cut where they get too long to read", () => {
    expect(sourceExcerpt(write("long.js", "x".repeat(10_000)), 1)[0]?.text.length).toBe(300);
  });
});

describe("there is nothing of", () => {
  it("what cannot be read", () => {
    expect(sourceExcerpt(join(folder, "missing.js"), 1)).toEqual([]);
    expect(sourceExcerpt(folder, 1)).toEqual([]);
    expect(sourceExcerpt("a\0b", 1)).toEqual([]);
  });

  it("a file that is too large", () => {
    expect(sourceExcerpt(write("large.js", "x\n".repeat(1024 * 1024 + 1)), 1)).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("a named pipe, without waiting for its other end", () => {
    const pipe = join(folder, "pipe.js");
    execFileSync("mkfifo", [pipe]);
    expect(sourceExcerpt(pipe, 1)).toEqual([]);
  });
});
