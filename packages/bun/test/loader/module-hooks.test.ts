import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { beforeEach, describe, expect, it } from "vitest";
import { guessedURL, markedURL, syntaxFormat } from "../../src/loader/module-hooks.ts";

const MISSING = { code: "ERR_MODULE_NOT_FOUND" };
const root = tempDir();
let folder = "";
let importer = "";

beforeEach(() => {
  folder = mkdtempSync(join(root, "test-"));
  importer = pathToFileURL(join(folder, "main.ts")).href;
});

/** The path, in the folder, of the file that is meant. */
function guess(specifier: string, error: object = MISSING): string | null {
  return guessedURL(specifier, importer, error)?.slice(pathToFileURL(folder).href.length + 1) ?? null;
}

function files(...names: string[]): void {
  fill(folder, Object.fromEntries(names.map((name) => [name, ""])));
}

describe("guessedURL", () => {
  it("adds the ending that there is; TypeScript's first, and a file before a folder", () => {
    files("a.js", "a.ts", "b.mjs", "c.json", "d/index.ts", "e.js", "e/index.ts", "f/index.js");
    expect(["./a", "./b", "./c", "./d", "./d/", "./e", "./f"].map((name) => guess(name))).toEqual([
      "a.ts",
      "b.mjs",
      "c.json",
      "d/index.ts",
      "d/index.ts",
      "e.js",
      "f/index.js",
    ]);
  });

  it("finds the source of what TypeScript makes", () => {
    files("a.ts", "b.mts", "c.cts", "d.js.ts");
    expect(["./a.js", "./b.mjs", "./c.cjs", "./d.js"].map((name) => guess(name))).toEqual([
      "a.ts",
      "b.mts",
      "c.cts",
      "d.js.ts",
    ]);
  });

  it("keeps the query, which distinguishes a reload from the one before", () => {
    files("a.ts");
    expect(guess("./a?hot=2")).toBe("a.ts?hot=2");
  });

  it("takes the file that Node.js looked for in a package", () => {
    files("node_modules/p/lib/index.js");
    const url = pathToFileURL(join(folder, "node_modules/p/lib")).href;
    expect(guess("p", { code: "ERR_UNSUPPORTED_DIR_IMPORT", url })).toBe("node_modules/p/lib/index.js");
    expect(guess("p")).toBeNull();
  });

  it("is null for what is not there, is no file, or has failed otherwise", () => {
    files("a.ts");
    expect(guess("./b")).toBeNull();
    expect(guess("node:nothing", { ...MISSING, url: "node:nothing" })).toBeNull();
    expect(guess("./a", { code: "ERR_INVALID_MODULE_SPECIFIER" })).toBeNull();
    expect(guess("./a", new SyntaxError("in the module"))).toBeNull();
    expect(guessedURL("./a", undefined, MISSING)).toBeNull();
    expect(guessedURL("./a", "data:text/javascript,", MISSING)).toBeNull();
  });
});

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

describe("syntaxFormat", () => {
  const formatOf = (name: string, source: string, format: unknown = "commonjs"): string | null => {
    fill(folder, { [name]: source });
    return syntaxFormat(`${pathToFileURL(join(folder, name)).href}?hot=1`, format);
  };

  it("is that of an ES module for a file which cannot be CommonJS", () => {
    expect(formatOf("a.js", "export const a = 1;")).toBe("module");
    expect(formatOf("b.js", "await 1;")).toBe("module");
    expect(formatOf("a.ts", "export const a: number = 1;", "commonjs-typescript")).toBe("module-typescript");
  });

  it("is null for CommonJS, for a file that Node.js takes for something else, and for one that has its format by name", () => {
    expect(formatOf("a.js", "module.exports = 1;")).toBeNull();
    expect(formatOf("a.ts", "const a: number = 1; module.exports = a;", "commonjs-typescript")).toBeNull();
    expect(formatOf("b.js", "export {};", "module")).toBeNull();
    expect(formatOf("c.js", "export {};", null)).toBeNull();
    expect(formatOf("a.cjs", "export {};")).toBeNull();
    expect(formatOf("node_modules/p/a.js", "export {};")).toBeNull();
    expect(syntaxFormat("data:text/javascript,export{}", "commonjs")).toBeNull();
  });

  it("is null for what is not TypeScript, so that Node.js reports it", () => {
    expect(formatOf("a.ts", "const const = 1;", "commonjs-typescript")).toBeNull();
  });
});
