import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { beginsReload, markedURL } from "../../../src/loader/resolve/hot-mark.ts";

describe("markedURL", () => {
  const marked = (url: string, from = "file:///app/main.ts?hot=2"): string => markedURL(url, from);

  it("gives no mark before the first reload", () => {
    expect(marked("file:///app/a.ts", "file:///app/main.ts")).toBe("file:///app/a.ts");
    expect(beginsReload("file:///app/main.ts")).toBe(false);
  });

  it("gives a module and a dependency its importer's reload, or the newest one", () => {
    for (const [round, begins] of [
      [2, true],
      [2, false],
      [1, false],
      [10, true],
    ] as const)
      expect(beginsReload(`file:///app/main.ts?hot=${round}`)).toBe(begins);
    expect(marked("file:///app/a.ts")).toBe("file:///app/a.ts?hot=2");
    expect(marked("file:///app/node_modules/a/a.js")).toBe("file:///app/node_modules/a/a.js?hot=2");
    expect(marked("file:///app/a.ts?x=1")).toBe("file:///app/a.ts?x=1&hot=2");
    expect(marked("file:///app/a.ts?hot=1")).toBe("file:///app/a.ts?hot=1");
    expect(marked("file:///app/a.ts", "file:///app/main.cjs")).toBe("file:///app/a.ts?hot=10");
  });

  it("leaves alone Node's modules, and ourselves, whose servers would be forgotten", () => {
    const own = new URL("../../../src/index.ts", import.meta.url).href;
    const server = pathToFileURL(createRequire(import.meta.url).resolve("@mantou/serve")).href;
    for (const url of ["node:fs", own, server]) expect(marked(url)).toBe(url);
    expect(marked("file:///app/node_modules/semver/index.js", own)).not.toContain("hot");
  });
});
