import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { fileBelow } from "../../src/routing/file-below.ts";
import { openCount } from "../support/descriptors.ts";

const base = tempDir();
const root = join(base, "root");
fill(base, { "secret.txt": "secret", "root/a.txt": "a", "root/sub/b.html": "b" });
symlinkSync("../secret.txt", join(root, "out"));
symlinkSync("sub/b.html", join(root, "in"));

describe("fileBelow()", () => {
  it.each([
    ["a.txt", "a"],
    ["sub/b.html", "b"],
    ["in", "b"],
  ])("%s is the file of that name", async (path, text) => {
    expect(await fileBelow(root, path)?.text()).toBe(text);
  });

  it.each([
    "..",
    "../secret.txt",
    "sub/../../secret.txt",
    "sub/../a.txt",
    "./a.txt",
    "/a.txt",
    join(base, "secret.txt"),
    "sub//b.html",
    "sub/",
    "",
    ".",
    "a.txt\0.png",
    "..\\secret.txt",
    "out",
  ])("%j is none", (path) => {
    expect(fileBelow(root, path)).toBeNull();
  });

  it.each(["missing.txt", "sub", "a.txt/b"])("%s, which is no file, is none", (path) => {
    expect(fileBelow(root, path)).toBeNull();
  });

  it("has the type of its name, or the one that is given", () => {
    expect(fileBelow(root, "sub/b.html")?.type).toMatch(/^text\/html/);
    expect(fileBelow(root, "sub/b.html", { type: "text/x-b" })?.type).toBe("text/x-b");
  });

  it.skipIf(openCount(base) === null)("leaves no descriptor open", () => {
    for (const path of ["a.txt", "sub", "missing", "out", "in"]) fileBelow(root, path);
    expect(openCount(base)).toBe(0);
  });

  it("throws for a directory that does not exist, and for what is no string", () => {
    expect(() => fileBelow(join(base, "nowhere"), "a.txt")).toThrow(/ENOENT/);
    expect(() => fileBelow(root, 7 as never)).toThrow(TypeError);
  });
});
