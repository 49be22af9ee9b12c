import { mkdtempSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { beforeEach, describe, expect, it } from "vitest";
import { type ImportKind, kindOf, resolvedURL } from "../../../src/loader/resolve/resolve.ts";

const root = tempDir();
let folder = "";
let importer = "";

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(root, "test-")));
  importer = pathToFileURL(join(folder, "main.ts")).href;
});

/** The path, in the folder, of the file that is meant. */
function found(specifier: string, kind: ImportKind = "import", from = importer): string | null {
  return resolvedURL(specifier, from, kind)?.slice(pathToFileURL(folder).href.length + 1) ?? null;
}

function files(...names: string[]): void {
  fill(folder, Object.fromEntries(names.map((name) => [name, name.endsWith("package.json") ? "{}" : ""])));
}

describe("resolvedURL", () => {
  it.each<[ImportKind, string]>([
    ["import", "tsx jsx mts ts mjs js cts cjs json"],
    ["require", "tsx ts jsx cts cjs js mjs mts json"],
  ])("tries the extensions of a program in Bun's order for %s", (kind, order) => {
    const endings = order.split(" ");
    for (const ending of endings.toReversed()) {
      files(`a.${ending}`, `b/index.${ending}`);
      expect([found("./a", kind), found("./b", kind)]).toEqual([`a.${ending}`, `b/index.${ending}`]);
    }
  });

  it.each<[ImportKind, string]>([
    ["import", "mjs jsx mts js cjs tsx ts cts json"],
    ["require", "jsx cjs js mjs mts tsx ts cts json"],
  ])("tries those of a dependency in another order for %s", (kind, order) => {
    files("node_modules/p/package.json");
    for (const ending of order.split(" ").toReversed()) {
      files(`node_modules/p/index.${ending}`);
      expect(found("p", kind)).toBe(`node_modules/p/index.${ending}`);
    }
  });

  it("finds the source of a compiled file that is not there", () => {
    files("a.tsx", "b.mts", "c.cts", "d.js.ts", "e.mts", "f.js", "f.ts");
    expect(
      ["./a.js", "./b.mjs", "./c.cjs", "./d.js", "./e.jsx", "./f.js"].map((name) => found(name)),
    ).toEqual(["a.tsx", "b.mts", "c.cts", "d.js.ts", "e.mts", "f.js"]);
  });

  it("keeps the query, which distinguishes a reload from the one before", () => {
    files("a.ts");
    expect(found("./a?hot=2")).toBe("a.ts?hot=2");
    expect(found(`${pathToFileURL(join(folder, "a")).href}?x=1`)).toBe("a.ts?x=1");
  });

  it("is the URL of a file without symbolic links, with what a URL must escape", () => {
    files("real #1/a.ts");
    symlinkSync(join(folder, "real #1"), join(folder, "link"));
    expect(found("./link/a")).toBe("real%20%231/a.ts");
  });

  it("takes what an importer in a folder of packages needs from the package itself", () => {
    files("node_modules/p/package.json", "node_modules/p/src/x.ts", "node_modules/q.ts");
    const inside = pathToFileURL(join(folder, "node_modules/p/src/index.ts")).href;
    expect(found("./x", "import", inside)).toBe("node_modules/p/src/x.ts");
    expect(found("q", "import", inside)).toBe("node_modules/q.ts");
  });

  it("is null for what is not there, for modules that are no files, and for those of Node.js", () => {
    files("a.ts", "fs.ts", "node_modules/fs/package.json", "a.ts.map");
    const others = [
      "./b",
      "./a.ts/",
      "./a.ts/x",
      "fs",
      "node:fs",
      "node:none",
      "bun:none",
      "p",
      "",
      "#x",
      "@p",
    ];
    for (const name of [...others, "data:text/javascript,", "https://a.b/c.ts", "file://host/a.ts"])
      expect([name, found(name)]).toEqual([name, null]);
    expect(resolvedURL("./a", undefined, "import")).toBeNull();
    expect(resolvedURL("./a", "data:text/javascript,", "import")).toBeNull();
  });

  it("leaves our own modules to Node.js", () => {
    const own = new URL("../../../src/index.ts", import.meta.url).href;
    expect(resolvedURL("./global/bun.ts", own, "import")).toBeNull();
  });
});

describe("kindOf", () => {
  it("is by the conditions of the hook", () => {
    expect(kindOf(["node", "import"])).toBe("import");
    expect(kindOf(new Set(["require", "node"]))).toBe("require");
    expect(kindOf()).toBe("import");
  });
});
