import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("a module's content decides what it is", () => {
  itRunsAsOnBun([
    {
      name: 'import and export also where package.json says "commonjs"',
      files: {
        "package.json": '{ "type": "commonjs" }',
        "main.ts": `import { a } from "./a.js"; import b = require("./b"); console.log(a, b.b);`,
        "a.js": "export const a = 1;",
        "b.ts": "export const b: number = 2;",
      },
      prints: "1 2",
    },
    {
      name: 'module.exports also where package.json says "module"',
      files: {
        "package.json": '{ "type": "module" }',
        "main.ts": `import { a } from "./a.js"; import b from "./b.ts"; console.log(a, b.b);`,
        "a.js": "exports.a = 1;",
        "b.ts": "const b: number = 2; module.exports = { b };",
      },
      prints: "1 2",
    },
    {
      name: "ES modules have require, __dirname and __filename",
      files: {
        "main.ts": `
          import { basename } from "node:path";
          const { answer } = require("./answer");
          console.log(answer, basename(__filename), __dirname, typeof require.resolve, require.main === module);
          export {};`,
        "answer.ts": "export const answer = 42;",
      },
      prints: "42 main.ts $DIR function true",
    },
    {
      name: "ES modules may have names of their own for them",
      files: {
        "main.ts": `
          import { createRequire } from "node:module";
          import { dirname } from "node:path";
          import { fileURLToPath } from "node:url";
          const require = createRequire(import.meta.url);
          const __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename);
          console.log(require("./a.cjs"), __dirname, typeof (await import("./nested.js")).run);`,
        "a.cjs": "module.exports = __filename.slice(-5);",
        "nested.js": `
          export function run(require) { return require("x"); }
          { const __dirname = "inner"; console.log(__dirname); }
          console.log(__dirname, require("./a.cjs"));`,
      },
      prints: "inner\n$DIR a.cjs\na.cjs $DIR function",
    },
    {
      name: ".mjs and .mts may be CommonJS, .cjs and .cts ES modules",
      files: {
        "main.ts": `import { a } from "./a.mjs"; import { b } from "./b.cjs"; import { c } from "./c.mts"; import { d } from "./d.cts"; console.log(a, b, c, d);`,
        "a.mjs": "exports.a = typeof module;",
        "b.cjs": "export const b = typeof module;",
        "c.mts": "const c: string = 'c'; module.exports = { c };",
        "d.cts": "export const d: string = 'd';",
      },
      prints: "object undefined c d",
    },
    {
      name: "CommonJS may import types, and use import.meta; with an import statement it is an error",
      files: {
        "main.ts": `
          import { dir, t } from "./types"; import * as equals from "./equals"; import own from "./own.js";
          console.log(dir, JSON.stringify(t), equals.k, JSON.stringify(require("./meta.cjs")), own);
          for (const name of ["mixed", "exported"])
            await import("./" + name).catch((error) => console.log(error.message.split(" (")[0].split(" in ")[0]));`,
        "types.ts": `
          import type { T } from "./other"; import { U } from "./other"; import { type V } from "./other";
          const t: T & U & V = { a: 1 };
          module.exports = { t, dir: import.meta.dir };`,
        "other.ts": "export type T = { a: number }; export type U = object; export type V = object;",
        "equals.ts":
          'import type { T } from "./other"; import path = require("path"); export = { k: typeof path.join };',
        "meta.cjs": `"use strict";
          const { file, main, url } = import.meta;
          Object.assign(exports, { file, main, url: url.slice(-9), fs: import.meta.resolve("fs"), sync: import.meta.resolveSync("./own") === require.resolve("./own") });`,
        "own.js": `
          import { sep } from "path";
          const module = {}; function f(exports) { return exports.a; }
          if (require.main === module) console.log("no");
          export default Object.keys(module).length + f({ a: sep });`,
        "mixed.ts": 'import { sep } from "path"; module.exports = { sep };',
        "exported.ts": "export const a = 1; exports.b = 2;",
      },
      prints: [
        '$DIR {"a":1} function {"file":"meta.cjs","main":false,"url":"/meta.cjs","fs":"node:fs","sync":true} 0/',
        "Cannot use import statement with CommonJS-only features",
        "exports is not defined",
      ].join("\n"),
    },
    {
      name: "await at the top needs neither import nor export",
      files: {
        "main.ts": `const value = await Promise.resolve(3); const { sep } = require("node:path"); console.log(value, sep, typeof module);`,
      },
      prints: "3 / undefined",
    },
    {
      name: "a loop with await at the top does not, either",
      files: {
        "main.ts": `const all: string[] = ["a", "b"]; for await (const each of all) console.log(each, typeof module);`,
      },
      prints: "a undefined\nb undefined",
    },
    {
      name: "a CommonJS entry is require.main",
      files: {
        "main.js": `const other = require("./other.js"); console.log(require.main === module, other, module.filename === __filename);`,
        "other.js": "module.exports = require.main === module;",
      },
      args: ["main.js"],
      prints: "true false true",
    },
  ]);
});
