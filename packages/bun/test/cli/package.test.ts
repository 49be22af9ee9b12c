import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPackage } from "../../src/cli/package.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-package-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the package.json of a folder", () => {
  it("is that of the nearest folder above", () => {
    writeFileSync(join(folder, "package.json"), '{"name": "a", "scripts": {"x": "echo", "y": 1}}');
    mkdirSync(join(folder, "b"));
    const found = readPackage(join(folder, "b"));
    expect(found).toMatchObject({ path: join(folder, "package.json"), name: "a", scripts: { x: "echo" } });
    expect(found!.scripts).not.toHaveProperty("y");
  });

  it("may have comments, and commas at the ends", () => {
    writeFileSync(join(folder, "package.json"), '{"scripts": {"x": "echo", /* none */}, }');
    expect(readPackage(folder)!.scripts).toEqual({ x: "echo" });
  });

  it("has no scripts if it has a fault, which is reported with its place", () => {
    writeFileSync(join(folder, "package.json"), '{"scripts": {"x": "echo"}');
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      expect(readPackage(folder)!.scripts).toEqual({});
      expect(write.mock.calls.join()).toContain(`${join(folder, "package.json")}:1:26`);
    } finally {
      write.mockRestore();
    }
  });
});
