import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { Glob, type GlobScanOptions } from "../../src/global/glob.ts";

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
  ])("finds %s with %o", async (pattern, options, found) => {
    expect(await scan(pattern, options)).toBe(found);
  });

  it("gives whole paths, and takes the directory alone for its options", async () => {
    expect(await scan("*.html", { absolute: true })).toBe(join(cwd, "a.html"));
    expect([...new Glob("*.html").scanSync(cwd)]).toEqual(["a.html"]);
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
