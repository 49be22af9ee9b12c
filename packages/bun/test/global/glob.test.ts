import fs, { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it, vi } from "vitest";
import { Glob, type GlobScanOptions } from "../../src/global/glob/glob.ts";

const cwd = tempDir();
const names = ["a.html", ".h.html", "s/b.html", ".d/c.html", "s/.e/f.html", "s/t/u.txt"];
fill(cwd, Object.fromEntries(names.map((name) => [name, ""])));
symlinkSync("s", join(cwd, "link"));
symlinkSync("a.html", join(cwd, "la.html"));
symlinkSync("nowhere", join(cwd, "broken.html"));

/** What both ways of scanning find. */
async function scan(pattern: string, options: GlobScanOptions = {}): Promise<string> {
  const glob = new Glob(pattern);
  const found = [...glob.scanSync({ cwd, ...options })].sort();
  const again: string[] = [];
  for await (const path of glob.scan({ cwd, ...options })) again.push(path);
  expect(again.sort()).toEqual(found);
  return found.join(" ");
}

describe("Glob", () => {
  it("throws for a broken link that it should follow, and follows no circle", async () => {
    const broken = { followSymlinks: true, throwErrorOnBrokenSymlink: true };
    await expect(scan("*", broken)).rejects.toThrow("ENOENT");
    expect(await scan("a*", broken)).toBe("a.html");
    symlinkSync("..", join(cwd, "s/up"));
    expect(await scan("**/u.txt", { followSymlinks: true })).toBe(
      "link/t/u.txt link/up/s/t/u.txt s/t/u.txt s/up/link/t/u.txt s/up/s/t/u.txt",
    );
    rmSync(join(cwd, "s/up"));
  });

  it("matches", () => {
    expect([new Glob("*.ts").match("a.ts"), new Glob("*.ts").match("b/a.ts")]).toEqual([true, false]);
    expect(() => new Glob(5 as unknown as string)).toThrow(TypeError);
  });

  it.each<[pattern: string, options: GlobScanOptions, found: string]>([
    ["**/*.html", {}, "a.html s/b.html"],
    ["**/*", {}, "a.html s/b.html s/t/u.txt"],
    ["*", {}, "a.html"],
    [".*", {}, ".h.html"],
    ["**/.*", {}, ".h.html"],
    [".d/*", {}, ".d/c.html"],
    ["s/*", {}, "s/b.html"],
    ["s/t/u.txt", {}, "s/t/u.txt"],
    ["{a,s/b}.html", {}, "a.html s/b.html"],
    ["none/*", {}, ""],
    ["link/*", {}, "link/b.html"],
    ["link/@(b|x).html", {}, "link/b.html"],
    ["**/*.html", { followSymlinks: true }, "a.html la.html link/b.html s/b.html"],
    ["*", { followSymlinks: true, onlyFiles: false }, "a.html broken.html la.html link s"],
    ["+(s/)b.html", {}, "s/b.html"],
    ["**/*.html", { dot: true }, ".d/c.html .h.html a.html s/.e/f.html s/b.html"],
    ["*", { onlyFiles: false }, "a.html broken.html la.html link s"],
    ["**", { onlyFiles: false }, "a.html broken.html la.html link s s/b.html s/t s/t/u.txt"],
    ["./s/*.html", {}, "./s/b.html"],
    ["./**/*.html", {}, "./a.html ./s/b.html"],
    ["././s/./b.*", {}, "././s/./b.html"],
    ["s/../s//*", {}, "s/../s/b.html"],
    ["./.d/*", {}, "./.d/c.html"],
    ["la.html", {}, "la.html"],
    ["./la.html", { onlyFiles: false }, "./la.html"],
    ["broken.html", { onlyFiles: false }, ""],
    ["link", { onlyFiles: false }, "link"],
    ["*/", {}, ""],
    ["*/", { onlyFiles: false }, "s"],
    ["**/", { onlyFiles: false }, "s s/t"],
    ["./s/*/", { onlyFiles: false }, "./s/t"],
    ["s/a.html/*", {}, ""],
    ["s/[a-z]/*.txt", {}, "s/t/u.txt"],
    ["[r-t]/**/u*", {}, "s/t/u.txt"],
    ["./!(x)/b.html", {}, "./s/b.html"],
    ["s/!(x)/*", {}, "s/t/u.txt"],
    ["s/!(t)/*", {}, ""],
  ])("finds %s with %o", async (pattern, options, found) => {
    expect(await scan(pattern, options)).toBe(found);
  });

  it("gives whole paths, and takes the directory alone for its options", async () => {
    expect(await scan("*.html", { absolute: true })).toBe(join(cwd, "a.html"));
    expect([...new Glob("*.html").scanSync(cwd)]).toEqual(["a.html"]);
  });

  it("finds what is above the directory, and whole paths", async () => {
    expect(await scan("../*.html", { cwd: join(cwd, "s") })).toBe("../a.html");
    expect(await scan("../*.html", { cwd: join(cwd, "s"), absolute: true })).toBe(join(cwd, "a.html"));
    expect(await scan(`${cwd}/s/*.html`, { cwd: "/" })).toBe(`${cwd}/s/b.html`);
    expect(await scan(`${cwd}/s/*.html`, { cwd: join(cwd, "none") })).toBe(`${cwd}/s/b.html`);
    await expect(scan(`${cwd}/none/*`)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("reads only directories in which a match can be", () => {
    const dir = tempDir();
    fill(dir, { "p/a/src/x.ts": "", "p/a/lib/x.ts": "", "q/a/src/x.ts": "" });
    const read = vi.spyOn(fs, "readdirSync");
    syncBuiltinESMExports();
    try {
      expect([...new Glob("p/*/s*/**/*.ts").scanSync(dir)]).toEqual(["p/a/src/x.ts"]);
      expect(read.mock.calls.map(([path]) => path)).toEqual(
        ["p", "p/a", "p/a/src"].map((name) => join(dir, name)),
      );
    } finally {
      read.mockRestore();
      syncBuiltinESMExports();
    }
  });

  it("looks into the working directory by default", () => {
    expect([...new Glob("package.json").scanSync()]).toEqual(["package.json"]);
  });

  it("throws if there is no such directory", async () => {
    const options = { cwd: join(cwd, "none") };
    expect(() => [...new Glob("*").scanSync(options)]).toThrow(/ENOENT/);
    await expect(new Glob("*").scan(options).next()).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("a scan of what cannot be read", () => {
  it.each([
    ["none", "ENOENT"],
    ["a.html", "ENOTDIR"],
  ])("%s fails with the system's error", async (name, code) => {
    for (const pattern of ["*", "**/*.ts", "s/x"]) {
      const glob = new Glob(pattern);
      const error = expect.objectContaining({ code });
      const reading = async () => {
        for await (const _ of glob.scan(join(cwd, name)));
      };
      await expect(reading()).rejects.toEqual(error);
      let thrown: unknown;
      try {
        [...glob.scanSync({ cwd: join(cwd, name) })];
      } catch (given) {
        thrown = given;
      }
      expect(thrown).toEqual(error);
    }
  });

  it("goes on where a directory has vanished meanwhile", async () => {
    const dir = tempDir();
    fill(dir, { "a.ts": "", "d/b.ts": "", "e/c.ts": "" });
    const vanish = () => {
      rmSync(join(dir, "d"), { recursive: true, force: true });
      rmSync(join(dir, "e"), { recursive: true, force: true });
      writeFileSync(join(dir, "e"), "");
    };
    const found: string[] = [];
    for (const path of new Glob("**/*.ts").scanSync(dir)) {
      found.push(path);
      vanish();
    }
    expect(found).toEqual(["a.ts"]);
    rmSync(join(dir, "e"));
    fill(dir, { "d/b.ts": "", "e/c.ts": "" });
    for await (const path of new Glob("**/*.ts").scan(dir)) {
      found.push(path);
      vanish();
    }
    expect(found).toEqual(["a.ts", "a.ts"]);
  });
});
