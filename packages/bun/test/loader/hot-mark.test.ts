import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { markedURL } from "../../src/loader/hot-mark.ts";

describe("markedURL", () => {
  const marked = (url: string, from = "file:///app/main.ts?hot=2"): string => markedURL(url, from);

  it("gives a module of the program its importer's reload", () => {
    expect(marked("file:///app/a.ts")).toBe("file:///app/a.ts?hot=2");
    expect(marked("file:///app/a.ts?x=1")).toBe("file:///app/a.ts?x=1&hot=2");
    expect(marked("file:///app/a.ts?hot=1")).toBe("file:///app/a.ts?hot=1");
    expect(marked("file:///app/a.ts", "file:///app/main.ts")).toBe("file:///app/a.ts");
  });

  it("leaves alone what is not the program: Node's modules, dependencies, and ourselves, whose servers would be forgotten", () => {
    const own = new URL("../../src/index.ts", import.meta.url).href;
    const server = pathToFileURL(createRequire(import.meta.url).resolve("@mantou/serve")).href;
    for (const url of ["node:fs", "file:///app/node_modules/a/a.js", own, server])
      expect(marked(url)).toBe(url);
  });
});
