import { describe, expect, it } from "vitest";
import { compile } from "../../../src/loader/transform/compile.ts";
import type { CompilerOptions } from "../../../src/loader/transform/transform-options.ts";

const OPTIONS: CompilerOptions = {
  jsx: "automatic",
  jsxDev: true,
  legacyDecorators: false,
  decoratorMetadata: false,
  assignFields: false,
};
const formatOf = (text: string, lang: "ts" | "js" = "ts"): string =>
  compile("/program/file.ts", text, lang, OPTIONS).format;

describe("a file is CommonJS", () => {
  it.each([
    "module.exports = 1;",
    'import type { T } from "t"; module.exports = 1;',
    'import { T } from "t"; const t: T = 1; exports.t = t;',
    "module.exports = import.meta.url;",
    "const u = import.meta.url;\nif (typeof module === 'object' && module.exports) module.exports = u;",
    'import type { T } from "t"; export = { a: 1 };',
    'import fs = require("fs"); exports.fs = fs;',
    'const later = import("./x"); exports.later = later; console.log(import.meta.dir);',
  ])("%s", (text) => {
    expect(formatOf(text)).toBe("commonjs");
  });
});

describe("a file is an ES module", () => {
  it.each([
    'import a from "a"; console.log(a);',
    'import { a } from "a"; const module = { exports: a }; console.log(module.exports);',
    'import { a } from "a"; function f(exports: object) { exports.a = a; } f({});',
    'import { a } from "a"; if (require.main === module) console.log(a);',
    'import { a } from "a"; if (module === require.main) console.log(a);',
    'import { a } from "a"; console.log("module.exports", a.module.exports); // exports.a = 1',
    "export const a = 1; module.exports = 1;",
    "export {}; module.exports = 1;",
    "export interface A {} module.exports = 1;",
    'import { a } from "a"; module.exports = await a;',
    "module.exports = await import.meta.url;",
    "console.log(import.meta.url);",
  ])("%s", (text) => {
    expect(formatOf(text)).toBe("module");
  });
});

describe("an import statement in CommonJS", () => {
  it.each([
    ['\nimport { a } from "p"; module.exports = { a };', "p", "2:19"],
    ['import "./side"; exports.a = 1;', "./side", "1:8"],
    ['import * as a from "p"; console.log(a, typeof module);', "p", "1:20"],
  ])("is an error with its place: %s", (text, imported, place) => {
    const thrown = (): unknown => compile("/program/file.ts", text, "ts", OPTIONS);
    expect(thrown).toThrow(
      `Cannot use import statement with CommonJS-only features (try require("${imported}") instead)`,
    );
    try {
      thrown();
    } catch (error) {
      expect((error as Error).stack).toContain(`at /program/file.ts:${place}`);
    }
  });
});

describe("import.meta in CommonJS", () => {
  it("keeps its column, and names of the program stay", () => {
    const { source } = compile(
      "/program/a.cjs",
      "exports.a = import.meta.url; exports.import_meta = 1;",
      "js",
      OPTIONS,
    );
    expect(source).toMatch(/exports\.a = \$mantouMeta\.url; exports\.import_meta = 1;/);
    expect(
      compile("/program/a.cjs", "const import_meta = {}; exports.a = import_meta.url;", "js", OPTIONS).source,
    ).toBe("const import_meta = {}; exports.a = import_meta.url;");
  });
});
