import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const BAD = "const a = 1;\nconst é = '日本'; const x: number = ;\n";
/** File, line, column, and the line with a caret. */
const PLACE =
  /^SyntaxError.*: .+\n {4}at \$DIR\/lib\/bad\.ts:2:35\n\n2 \| const é = '日本'; const x: number = ;\n {38}\^/;

describe("a fault in a file is reported with its place and its line", () => {
  itRunsAsOnBun([
    {
      name: "a syntax error of the entry",
      files: { "lib/bad.ts": BAD },
      args: ["lib/bad.ts"],
      prints: "",
      code: 1,
      complains: PLACE,
    },
    {
      name: "a syntax error of an import, before anything runs",
      files: { "main.ts": `console.log("must not run"); import "./lib/bad";`, "lib/bad.ts": BAD },
      prints: "",
      code: 1,
      complains: PLACE,
    },
    {
      name: "a syntax error of JavaScript, CommonJS too",
      files: { "main.cjs": "exports.a = 1;\n\tvar ! = 2;" },
      args: ["main.cjs"],
      prints: "",
      code: 1,
      complains: /^SyntaxError.*: .+\n {4}at \$DIR\/main\.cjs:2:6\n\n2 \| \tvar ! = 2;\n {4}\t {4}\^/,
    },
    {
      name: "a syntax error of standard decorators",
      files: {
        "main.ts": "function d(..._: any[]) {}\nclass A { @d m() {} }\nclass B { @d m( {} }\nexport {};",
      },
      prints: "",
      code: 1,
      complains: /^SyntaxError.*: .+\n {4}at \$DIR\/main\.ts:3:/,
    },
    {
      name: "a syntax error of a module that is imported later",
      files: {
        "main.ts": `setTimeout(async () => { console.log("runs"); await import("./lib/bad.ts"); }, 1);`,
        "lib/bad.ts": BAD,
      },
      prints: "runs",
      code: 1,
      complains: /SyntaxError.*: .+\n {4}at \$DIR\/lib\/bad\.ts:2:35\n\n2 \| const é/,
    },
    {
      name: "a module that is not there",
      files: { "main.ts": `const first = 1;\nimport b from "./nothing"; console.log(b);` },
      prints: "",
      code: 1,
      complains:
        /^Error.*: Cannot find module '\.\/nothing' imported from \$DIR\/main\.ts\n {4}at \$DIR\/main\.ts:2:15\n\n2 \| import b from ".\/nothing"; console.log\(b\);\n {18}\^/,
    },
    {
      name: "a package that is not there, in CommonJS",
      files: { "main.js": `\nconst b = require('nothing-there');` },
      args: ["main.js"],
      prints: "",
      code: 1,
      complains:
        /^Error.*: Cannot find module 'nothing-there'\n[\s\S]*at \$DIR\/main\.js:2:19\n\n2 \| const b = require/,
    },
    {
      name: "a missing module has Bun's message for a program that catches the error",
      files: {
        "main.ts": `
          for (const name of ["./nothing", "nothing-there"])
            try { await import(name); } catch (error: any) { console.log(error.code, error.message); }`,
      },
      prints: `ERR_MODULE_NOT_FOUND Cannot find module './nothing' imported from $DIR/main.ts
ERR_MODULE_NOT_FOUND Cannot find package 'nothing-there' imported from $DIR/main.ts`,
    },
    {
      name: "a syntax error of an ES module in a package, of whatever depth",
      files: {
        "main.ts": 'console.log("never"); import { a } from "./sub"; console.log(a as number);',
        "sub/index.ts": 'import type { T } from "./none"; export { a } from "p"; export const t: T = 1;',
        "node_modules/p/package.json": '{"type":"module","exports":"./p.js"}',
        "node_modules/p/p.js": 'export * from "./deep.js";',
        "node_modules/p/deep.js": "// deep\nexport const a = ;",
      },
      prints: "",
      code: 1,
      complains:
        /^SyntaxError: Unexpected token ';'\n {4}at \$DIR\/node_modules\/p\/deep\.js:2:18\n\n2 \| export const a = ;\n {21}\^$/,
    },
    {
      name: "a syntax error of CommonJS in a package",
      files: {
        "main.ts": 'import { a } from "p"; console.log(a);',
        "node_modules/p/index.js": "// p\nexports.a = ;",
      },
      prints: "",
      code: 1,
      complains:
        /^SyntaxError: Unexpected token ';'\n {4}at \$DIR\/node_modules\/p\/index\.js:2:13\n\n2 \| exports\.a = ;\n {16}\^$/,
    },
    {
      name: "an export that is not there",
      files: { "main.ts": `import { nothing } from "./a.ts"; console.log(nothing);`, "a.ts": "export {};" },
      prints: "",
      code: 1,
      complains:
        /^SyntaxError: Export named 'nothing' not found in module '\$DIR\/a\.ts'\.\n {4}at \$DIR\/main\.ts:1:25\n\n1 \| import/,
    },
    {
      name: "a bad tsconfig",
      files: {
        "main.ts": `console.log("runs");`,
        "tsconfig.json": `{\n  // strict\n  "compilerOptions": { "strict": true,, "jsx": "react" }\n}`,
      },
      prints: "",
      code: 1,
      complains:
        /^SyntaxError.*: .+\n {4}at \$DIR\/tsconfig\.json:3:39\n\n3 \| {3}"compilerOptions": \{ "strict": true,,/,
      onBun: { prints: "runs", code: 0, why: "Bun reports it, and runs the program without it." },
    },
    {
      name: "a tsconfig that extends what is not there counts alone",
      files: {
        "main.tsx": `const h = (name: string) => name; console.log(<a />);`,
        "tsconfig.json": `{ "extends": "./missing.json", "compilerOptions": { "jsx": "react", "jsxFactory": "h", } }`,
      },
      args: ["main.tsx"],
      prints: "a",
    },
  ]);
});
