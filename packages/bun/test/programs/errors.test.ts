import module from "node:module";
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
      // Node.js 20 puts a line of its own in front of the error of its hooks' thread.
      complains: new RegExp(
        String.raw`${"registerHooks" in module ? "^" : ""}SyntaxError: .+\n {4}at \$DIR\/lib\/bad\.ts:2:35\n\n2 \| const é`,
      ),
    },
    {
      name: "an error of the first module ends the program before anything else runs",
      files: {
        "main.ts": `
          process.on("exit", (code) => console.log("exit", code));
          process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor", error.message, origin));
          process.on("unhandledRejection", () => console.log("never"));
          setTimeout(() => console.log("never"), 0);
          await 1;
          throw new Error("top");`,
      },
      prints: "monitor top unhandledRejection\nexit 1",
      code: 1,
      complains: /^Error: top\n {4}at .*\$DIR\/main\.ts:7:/,
    },
    {
      name: "an error of the first module goes to the program's own listener",
      files: {
        "main.ts": `
          process.on("uncaughtException", (error, origin) => console.log(error.message, origin));
          setTimeout(() => { console.log("later"); process.exitCode = 5; }, 0);
          await 1;
          throw new Error("top");`,
      },
      prints: "top unhandledRejection\nlater",
      code: 5,
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
          for (const name of ["./nothing", "nothing-there", "@scope/none/sub", "p/none", "#none", "file:///none.ts"]) {
            try { await import(name); } catch (error: any) { console.log(error.code, error.message); }
            try { require(name); } catch (error: any) { console.log(error.code, error.message.split("\\n")[0]); }
          }
          try { import.meta.resolve("p/none"); } catch (error: any) { console.log(error.code, error.message); }
          try { Bun.resolveSync("p/none", import.meta.dir); } catch (error: any) { console.log(error.code, error.message); }`,
        "package.json": '{"imports": {"#some": "./some.ts"}}',
        "node_modules/p/package.json": '{"exports": {".": "./index.js"}}',
        "node_modules/p/index.js": "",
      },
      prints: [
        "ERR_MODULE_NOT_FOUND Cannot find module './nothing' imported from $DIR/main.ts",
        "MODULE_NOT_FOUND Cannot find module './nothing'",
        "ERR_MODULE_NOT_FOUND Cannot find package 'nothing-there' imported from $DIR/main.ts",
        "MODULE_NOT_FOUND Cannot find module 'nothing-there'",
        "ERR_MODULE_NOT_FOUND Cannot find package '@scope/none' imported from $DIR/main.ts",
        "MODULE_NOT_FOUND Cannot find module '@scope/none/sub'",
        "ERR_MODULE_NOT_FOUND Cannot find package 'p' imported from $DIR/main.ts",
        "MODULE_NOT_FOUND Cannot find module 'p/none'",
        "ERR_MODULE_NOT_FOUND Cannot find package '#none' imported from $DIR/main.ts",
        "MODULE_NOT_FOUND Cannot find module '#none'",
        "ERR_MODULE_NOT_FOUND Cannot find module '/none.ts' imported from $DIR/main.ts",
        "MODULE_NOT_FOUND Cannot find module '/none.ts'",
        "ERR_MODULE_NOT_FOUND Cannot find package 'p' imported from $DIR/main.ts",
        "ERR_MODULE_NOT_FOUND Cannot find package 'p' imported from $DIR",
      ].join("\n"),
    },
    {
      name: "a syntax error of a package, and of data, that a program imports later and catches",
      files: {
        "main.ts": `
          for (const load of [() => import("p"), () => import("./d.json")])
            await load().catch((error) => console.log(error.constructor === SyntaxError, /(?:p.js|d.json):2:\\d+/.test(error.stack)));
          class Own extends SyntaxError {}
          globalThis.own = new Own("own");
          console.log(await import("./throws").catch((error) => error === globalThis.own));`,
        "throws.ts": "throw globalThis.own as Error; export {};",
        "d.json": '{\n"a": ,}',
        "node_modules/p/package.json": '{"type":"module","exports":"./p.js"}',
        "node_modules/p/p.js": "// p\nexport const a = ;",
      },
      prints: "true true\ntrue true\ntrue",
      onBun: {
        prints: "false false\ntrue false\ntrue",
        why: "Bun throws a BuildMessage for code, and shows no place for data.",
      },
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
      name: "an export of CommonJS that is not there of a package",
      files: {
        "main.ts": `
          console.log("never");
          import { a, none as b } from "p"; console.log(a, b);`,
        "node_modules/p/index.js": "exports.a = 1;",
      },
      prints: "",
      code: 1,
      complains:
        /^SyntaxError: Export named 'none' not found in module '\$DIR\/node_modules\/p\/index\.js'\.\n {4}at \$DIR\/main\.ts:3:40\n\n3 \| /,
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
