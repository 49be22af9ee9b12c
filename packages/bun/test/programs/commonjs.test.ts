import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** Node.js finds no name in its text. */
const HIDDEN = 'const a = { a: 1, b: 2 }; module.exports = { ...a, ["c" + 1]: 3, get d() { return 4; } };';
const COMPILED =
  'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "default"; exports.named = "named";';

/** By `import` and by `require`. */
const twice = (line: string): string[] => [line, line];

describe("imports of CommonJS", () => {
  itRunsAsOnBun([
    {
      name: "the mark of a compiled ES module counts for nothing in a package of ES modules",
      files: {
        "main.ts": `
          import a, { named, default as b } from "m";
          import * as all from "m";
          import own from "./own.cjs";
          import n from "n";
          const late = await import("m");
          console.log(JSON.stringify([a, named, b === a, Object.keys(all).sort(), all === late, late.default === a, own, n, require("m")]));`,
        "own.cjs": COMPILED,
        "node_modules/m/package.json": '{"type":"module","main":"./main.cjs"}',
        "node_modules/m/main.cjs": COMPILED,
        "node_modules/n/package.json": '{"main":"./main.cjs"}',
        "node_modules/n/main.cjs": COMPILED,
      },
      prints:
        '[{"default":"default","named":"named"},"named",true,["__esModule","default","named"],true,true,"default","default",{"default":"default","named":"named"}]',
    },
    {
      name: "by names that no text tells, of packages and of the program",
      files: {
        "main.ts": `
          import { a, c1, d as renamed } from "p";
          import p, { b } from "p";
          import { Client, /* } from "x" */ escape } from "./pg.cjs";
          import { x } from "./x";
          console.log(a, b, c1, renamed, JSON.stringify(p), new Client().name, escape("y"), x);`,
        "node_modules/p/index.js": HIDDEN,
        "pg.cjs": `
          class Client { name = "client"; }
          function PG() { this.Client = Client; this.escape = (text) => text + "!"; }
          module.exports = new PG();`,
        "x.ts": 'const x: string = "x"; module.exports = Object.assign({}, { x });',
      },
      prints: '1 2 3 4 {"a":1,"b":2,"c1":3,"d":4} client y! x',
    },
    {
      name: "the default: exports.default of a compiled ES module, in every importer; else module.exports",
      files: {
        "main.ts": `
          import compiled, { named } from "compiled";
          import plain from "plain";
          import nothing from "nothing";
          import call from "call";
          import own from "./own.cjs";
          import number from "./number.cjs";
          import "./module.mjs"; import "./in-module/x";
          console.log(compiled, named, JSON.stringify(plain), JSON.stringify(nothing), call(), own.default, number);`,
        "module.mjs": 'import compiled from "compiled"; console.log(compiled);',
        "in-module/package.json": '{"type":"module"}',
        "in-module/x.js": 'import { default as compiled } from "compiled"; console.log(compiled);',
        "node_modules/compiled/index.js": COMPILED,
        "node_modules/plain/index.js": "exports.a = 1;",
        "node_modules/nothing/index.js":
          'Object.defineProperty(exports, "__esModule", { value: true }); exports.a = 1;',
        "node_modules/call/index.js":
          'module.exports = () => "called"; module.exports.default = module.exports; module.exports.__esModule = true;',
        "own.cjs": 'exports.default = "own";',
        "number.cjs": "module.exports = 5;",
      },
      prints: 'default\ndefault\ndefault named {"a":1} {"a":1} called own 5',
    },
    {
      name: "the namespace, as a whole and beside the default; import() is the same",
      files: {
        "main.ts": `
          import * as p from "p";
          import compiled, * as all from "compiled";
          import * as call from "./call.cjs";
          import * as own from "./own";
          import * as fs from "node:fs";
          import def, * as ns from "./own";
          console.log(Object.keys(p).join(), p.c1, JSON.stringify(p.default));
          console.log(compiled, Object.keys(all).join(), all.named, all.default);
          console.log(call.extra, typeof call.default, Object.keys(own).join(), own.x, typeof fs.readFileSync, def, ns === own);
          const { c1, default: d } = await import("p");
          const name = "compiled";
          const dynamic = await import(name);
          console.log(c1, d.a, dynamic.default, dynamic.named, (await import("p")) === (await import("p")));
          console.log(Object.prototype.toString.call(p), p instanceof Object, (await import("./own")).x);`,
        "own.ts": 'export const x: string = "own"; export default "default of own";',
        "call.cjs": 'module.exports = function call() {}; module.exports.extra = "extra";',
        "node_modules/p/index.js": HIDDEN,
        "node_modules/compiled/index.js": COMPILED,
      },
      prints: [
        'a,b,c1,d,default 3 {"a":1,"b":2,"c1":3,"d":4}',
        "default default,named named default",
        "extra function default,x own function default of own true",
        "3 1 default named true",
        "[object Module] false own",
      ].join("\n"),
    },
    {
      name: "export from: names, the default, the namespace",
      files: {
        "main.ts": `
          import { a, seen, ns, default as d } from "./barrel";
          import * as all from "./barrel";
          console.log(a, seen, ns.b, d, Object.keys(all).join());`,
        "barrel.ts": `
          export { a, c1 as seen } from "p";
          export * as ns from "p";
          export { default } from "compiled";
          export * from "./star.cjs";`,
        "star.cjs": "exports.star = 1;",
        "node_modules/p/index.js": HIDDEN,
        "node_modules/compiled/index.js": COMPILED,
      },
      prints: "1 3 2 default a,default,ns,seen,star",
    },
    {
      name: "a name that is not there, however it is imported; no stack shows how modules are found",
      files: {
        "main.ts": `
          import { trace } from "./trace.cjs";
          const marks = /mantou-facade|#mantou/;
          const told = (error: Error): void =>
            console.log(error.name, error.message.replace(process.cwd(), ""), marks.test(error.stack! + error.message + Bun.inspect(error)));
          for (const name of ["commonjs", "module", "default", "namespace", "package", "builtin", "data", "throws"]) {
            await import("./bad/" + name).catch(told);
            try { require("./bad/" + name); } catch (error) { told(error as Error); }
          }
          console.log(marks.test(trace.stack! + import.meta.resolve("./trace.cjs") + import.meta.url + Object.keys(require.cache)));
          const { Worker } = await import("node:worker_threads");
          await new Promise((resolve) => new Worker("./bad/module.ts").on("error", told).on("exit", resolve));
          require("./dynamic");`,
        "trace.cjs": 'exports.trace = new Error("loaded");',
        "bad/commonjs.ts": 'import { nothing } from "../trace.cjs"; console.log(nothing);',
        "bad/module.ts": 'import { nothing } from "../own"; console.log(nothing);',
        "bad/default.ts": 'import nothing, { a } from "../own"; console.log(nothing, a);',
        "bad/namespace.ts": 'import def, * as all from "../own"; console.log(def, all);',
        "bad/package.ts": 'import { nothing, a } from "es"; console.log(nothing, a);',
        "bad/builtin.ts": 'import { nothing } from "fs"; console.log(nothing);',
        "bad/data.ts": 'import { nothing } from "../data.json"; console.log(nothing);',
        "bad/throws.ts": 'import * as thrown from "throws"; console.log(thrown);',
        "own.ts": "export const a: number = 1;",
        "data.json": "{}",
        "node_modules/es/index.mjs": "export const a = 1;",
        "node_modules/es/package.json": '{"exports":"./index.mjs"}',
        "node_modules/throws/index.js": 'throw new TypeError("thrown");',
        "dynamic.ts": `
          const name: string = "./trace.cjs";
          const tell = (ns: object): void => console.log(Object.keys(ns).join());
          exports.done = import("./trace.cjs").then(tell).then(() => import(name)).then(tell);`,
      },
      prints: [
        ...twice("SyntaxError Export named 'nothing' not found in module '/trace.cjs'. false"),
        ...twice("SyntaxError Export named 'nothing' not found in module '/own.ts'. false"),
        ...twice("SyntaxError Missing 'default' export in module '/own.ts'. false"),
        ...twice("SyntaxError Missing 'default' export in module '/own.ts'. false"),
        ...twice(
          "SyntaxError Export named 'nothing' not found in module '/node_modules/es/index.mjs'. false",
        ),
        ...twice("SyntaxError Export named 'nothing' not found in module 'node:fs'. false"),
        ...twice("SyntaxError Export named 'nothing' not found in module '/data.json'. false"),
        ...twice("TypeError thrown false"),
        "false",
        "SyntaxError Export named 'nothing' not found in module '/own.ts'. false",
        "default,trace",
        "default,trace",
      ].join("\n"),
    },
    {
      name: "all imports and requires share one module; what it throws in a getter is undefined",
      files: {
        "main.ts": `
          import { state } from "./state.cjs";
          import * as all from "./state.cjs";
          import "./state.cjs";
          import { createRequire } from "node:module";
          import { other } from "./other";
          const required = createRequire(import.meta.url)("./state.cjs");
          console.log(state === all.state, state === other, state === required.state, all.bad);`,
        "other.ts": 'import State from "./state.cjs"; export const other = State.state;',
        "state.cjs": `
          console.log("runs");
          exports.state = {};
          Object.defineProperty(exports, "bad", { enumerable: true, get() { throw new Error("bad"); } });`,
      },
      prints: "runs\ntrue true true undefined",
    },
  ]);
});

describe("require", () => {
  itRunsAsOnBun([
    {
      name: "of TypeScript, of ES modules with their own imports, of JSON and packages, by tsconfig paths",
      files: {
        "main.ts": `
          const { a } = require("./a");
          const esm = require("./esm");
          const { p } = require("@/p");
          const call = require("call");
          const json: { k: number } = require("./data.json");
          console.log(a, esm.default, esm.x, esm.__esModule, p, call(), json.k, require("typed").level);`,
        "a.cts": "enum A { a = 7 } module.exports = { a: A.a };",
        "esm.ts":
          'import { y } from "./deep/y"; import { c1 } from "p"; export default y as string; export const x = c1;',
        "deep/y.tsx": 'export const y: string = "y";',
        "tsconfig.json": '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
        "src/p.ts": 'export { p } from "./q.js";',
        "src/q.ts": 'export const p: string = "p";',
        "data.json": '{"k":1}',
        "node_modules/p/index.js": HIDDEN,
        "node_modules/call/package.json": '{"exports":{"bun":"./bun.js","default":"./other.js"}}',
        "node_modules/call/bun.js": 'module.exports = () => "bun";',
        "node_modules/call/other.js": 'module.exports = () => "other";',
        "node_modules/typed/index.ts": "export enum Level { low = 3 } export const level = Level.low;",
      },
      prints: "7 y 3 true p bun 1 3",
    },
    {
      name: "of a program that is CommonJS: require.main, module, this",
      files: {
        "main.ts": `
          const path = require("path");
          const x = require("./x");
          const own: boolean = require.main === module;
          console.log(own, module.id, path.basename(module.filename), path.basename(__filename), this === module.exports, x.join());`,
        "x.ts": `
          const path = require("path");
          module.exports = [require.main === module, path.basename(require.main.filename), path.basename(module.parent.filename)];`,
      },
      prints: "true . main.ts main.ts true false,main.ts,main.ts",
    },
    {
      name: "of modules in a circle, and again after the cache forgets one",
      files: {
        "main.ts": `
          const { a } = require("./a");
          console.log(a());
          const before = require("./c");
          delete require.cache[require.resolve("./c")];
          const after = require("./c");
          console.log(before === after, before.n, after.n, require.resolve("./c").endsWith("/c.ts"));`,
        "a.ts": 'exports.a = () => b.b(); const b = require("./b");',
        "b.ts": 'const a = require("./a"); exports.b = () => typeof a.a;',
        "c.ts": 'console.log("runs"); module.exports = { n: 1 as number };',
      },
      prints: "function\nruns\nruns\nfalse 1 1 true",
    },
    {
      name: "by createRequire, and of bun itself",
      files: {
        "main.ts": `
          import { createRequire } from "node:module";
          const own = createRequire(import.meta.url);
          console.log(own("./sub/x").x, own.resolve("./sub/x").endsWith("/sub/x.ts"), own("bun").serve === Bun.serve);
          console.log(own.resolve("./y", { paths: [process.cwd() + "/sub"] }).endsWith("/sub/y.ts"));
          console.log(createRequire(process.cwd() + "/sub/")("./x").x);`,
        "sub/x.ts": 'export const x: string = "x";',
        "sub/y.ts": "",
      },
      prints: "x true true\ntrue\nx",
    },
    {
      name: "a module that is not there has its code",
      files: {
        "main.ts": `
          for (const name of ["./none", "@/none", "@none/none/none"])
            try { require(name); } catch (error) { console.log(error.code, error.message.includes(name)); }`,
      },
      prints: "MODULE_NOT_FOUND true\nMODULE_NOT_FOUND true\nMODULE_NOT_FOUND true",
    },
  ]);
});
