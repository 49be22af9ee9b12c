import { describe, expect, it } from "vitest";
import { splitNames, withNames } from "../../../src/loader/syntax/import-names.ts";
import type { ModuleFormat } from "../../../src/loader/syntax/module-format.ts";

const THEN = ".then(...$mantouModule.imported(import.meta.url))";
const named = (code: string, format?: ModuleFormat): string => withNames(code, format).finish();

describe("withNames", () => {
  it.each([
    ['import a from "p";', 'import a from "p#mantou:default";'],
    ['import { a, b as c } from "p";', 'import { a, b as c } from "p#mantou:a,b";'],
    [
      "import d, { default as e, a } from 'p'",
      "import d, { default as e, a } from 'p#mantou:default,default,a'",
    ],
    ['import * as ns from "p";', 'import { namespace as ns } from "p#mantou:*";'],
    ['import d, * as ns from "p";', 'import d, { namespace as ns } from "p#mantou:default,*";'],
    ['export { a, default } from "p";', 'export { a, default } from "p#mantou:a,default";'],
    ['export * as ns from "p";', 'export { namespace as ns } from "p#mantou:*";'],
    ['export * from "p";', 'export * from "p#mantou:**";'],
    [
      'import { "a b" as c, $d, größe } from "p";',
      'import { "a b" as c, $d, größe } from "p#mantou:a%20b,%24d,gr%C3%B6%C3%9Fe";',
    ],
    ['import{a}from"p";import b from"./q"', 'import{a}from"p#mantou:a";import b from"./q#mantou:default"'],
    [
      'import {\n  a, // , x\n  /* } from "y" */ b,\n} from "p";',
      'import {\n  a, // , x\n  /* } from "y" */ b,\n} from "p#mantou:a,b";',
    ],
    ['import {} from "p";', 'import {} from "p";'],
    [
      'import a from "./a.ts" with { type: "text" };',
      'import a from "./a.ts#mantou:=text" with { type: "text" };',
    ],
  ])("%s", (code, expected) => {
    expect(named(code)).toBe(expected);
  });

  it.each([
    'import "p";',
    'import fs, { readFileSync } from "fs"; import * as path from "node:path";',
    'import Bun, * as all from "bun"; import { Database } from "bun:sqlite";',
    'import json from "./a.json"; import * as text from "./a.txt"; import { a } from "./a.node";',
    'const text = `import a from "p";`; // import b from "q"',
    "export const from = 1; export default from;",
    "this is no JavaScript import {",
  ])("leaves alone: %s", (code) => {
    expect(named(code)).toBe(code);
  });

  it("completes the namespace of a dynamic import, and keeps the lines", () => {
    const code = 'const { a } = await import("p");\nconst b = await import(name);\nawait import("node:fs");';
    expect(named(code).split("\n")).toEqual([
      `const { a } = await import("p")${THEN};`,
      `const b = await import(name)${THEN};`,
      'await import("node:fs");',
    ]);
  });
});

describe("splitNames", () => {
  it("is what withNames has joined", () => {
    expect(splitNames("p#mantou:a%20b,*")).toEqual({ specifier: "p", names: ["a b", "*"] });
    expect(splitNames("./a.json#mantou:=text")).toEqual({ specifier: "./a.json", names: null });
    expect(splitNames("#src/x#mantou:default")).toEqual({ specifier: "#src/x", names: ["default"] });
    expect(splitNames("#src/x")).toEqual({ specifier: "#src/x", names: null });
  });
});
