import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { beforeEach, describe, expect, it } from "vitest";
import { guessedURL } from "../../src/loader/resolve.ts";

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
