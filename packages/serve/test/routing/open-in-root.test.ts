import { linkSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, sep } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openInRoot } from "../../src/routing/open-in-root.ts";
import { openCount } from "../support/descriptors.ts";
import { runs } from "../support/runs.ts";

const base = tempDir();
const root = join(base, "root");
fill(base, {
  "secret.txt": "secret",
  "root/a.txt": "a",
  "root/sub/b.txt": "b",
  "root/secret.txt": "not the secret",
});

/** What a path leads to: content, "directory", or null. */
function read(path: string): string | null {
  const file = openInRoot(root, path.split("/"));
  if (file === null) return null;
  try {
    return file.stats.isDirectory() ? "directory" : readFileSync(file.fd, "utf8");
  } finally {
    file.close();
  }
}

const LINKS: Readonly<Record<string, string>> = {
  "to-file": "a.txt",
  "to-sub": "sub",
  "sub/up": "../a.txt",
  "sub/up-dir": "..",
  chain: "to-sub/up",
  absolute: "/a.txt",
  "absolute-dir": "/sub",
  "absolute-host": join(base, "secret.txt"),
  out: "../secret.txt",
  "far-out": "../../../../../../../../secret.txt",
  "out-dir": "..",
  "sub/out-dir": "../..",
  nowhere: "none",
  self: "self",
  ping: "pong",
  pong: "ping",
  dots: "./sub/../sub/./b.txt",
};
for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, join(root, name));

describe.skipIf(process.platform === "win32")("names below a directory", () => {
  it.each<[string, string | null]>([
    ["a.txt", "a"],
    ["sub/b.txt", "b"],
    ["sub", "directory"],
    ["none", null],
    ["a.txt/x", null],
    ["to-file", "a"],
    ["to-sub/b.txt", "b"],
    ["to-sub", "directory"],
    ["sub/up", "a"],
    ["sub/up-dir/a.txt", "a"],
    ["chain", "a"],
    ["dots", "b"],
    // The directory is the root of its world: a path that climbs out of it is in it still.
    ["absolute", "a"],
    ["absolute-dir/b.txt", "b"],
    ["absolute-host", null],
    ["out", "not the secret"],
    ["far-out", "not the secret"],
    ["out-dir/secret.txt", "not the secret"],
    ["out-dir/root/a.txt", null],
    ["sub/out-dir/secret.txt", "not the secret"],
    ["nowhere", null],
    ["self", null],
    ["ping", null],
  ])("%s: %j", (path, content) => {
    expect(read(path)).toBe(content);
  });

  it("never lead to what is outside, however links and directories are strung together", () => {
    const names = fc.constantFrom(
      ...Object.keys(LINKS).flatMap((name) => name.split("/")),
      "sub",
      "a.txt",
      "secret.txt",
      "root",
    );
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 6 }), (path) => {
        expect(read(path.join("/"))).not.toBe("secret");
      }),
      runs(500),
    );
    expect(openCount(base) ?? 0).toBe(0);
  });

  it("may have forty links, and not more", () => {
    mkdirSync(join(root, "many"));
    fill(root, { "many/0": "end" });
    for (let i = 1; i <= 41; i++) symlinkSync(`${i - 1}`, join(root, "many", `${i}`));
    expect(read("many/40")).toBe("end");
    expect(read("many/41")).toBeNull();
  });

  it("of a directory that is itself the file system's root", () => {
    const file = openInRoot(sep, join(root, "sub/b.txt").slice(1).split("/"));
    expect(file?.size).toBe(1);
    file?.close();
  });

  it("of hard links are files like others", () => {
    linkSync(join(base, "secret.txt"), join(root, "hard"));
    expect(read("hard")).toBe("secret");
  });
});
