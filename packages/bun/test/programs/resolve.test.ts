import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** Modules that say who they are, by their paths. A compiled one is CommonJS, so that both `import` and `require` take it. */
function modules(...paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    paths.map((path) => [
      path,
      path.endsWith(".json")
        ? JSON.stringify(path)
        : /\.c?js$/.test(path)
          ? `module.exports = ${JSON.stringify(path)};`
          : `export default ${JSON.stringify(path)};`,
    ]),
  );
}

/** A program that imports each specifier, and prints which modules it got. */
function imports(...specifiers: readonly string[]): string {
  const lines = specifiers.map(
    (specifier, at) => `import m${at} from ${JSON.stringify(specifier)}; console.log(m${at});`,
  );
  return lines.join("\n");
}

describe("where import finds a module", () => {
  itRunsAsOnBun([
    {
      name: "a path without an extension: TypeScript before JavaScript, a file before a folder",
      files: {
        "main.ts": imports("./a", "./b", "./c", "./d", "./e/", "./f", "./g"),
        ...modules("a.tsx", "a.ts", "a.js", "b.ts", "b.mjs", "b.js", "c.mjs", "c.js", "d.js", "d/index.ts"),
        ...modules("e.js", "e/index.ts", "f/index.tsx", "f/index.js", "g.cjs", "g.cts"),
        "g.cts": 'module.exports = "g.cts";',
      },
      prints: "a.tsx\nb.ts\nc.mjs\nd.js\ne/index.ts\nf/index.tsx\ng.cts",
    },
    {
      name: "the TypeScript behind the extension of compiled files, if there is no such file",
      files: {
        "main.ts": imports("./a.js", "./b.js", "./c.js", "./d.jsx", "./e.mjs", "./f.cjs", "./g.js", "./h.js"),
        ...modules(
          "a.js",
          "a.ts",
          "b.ts",
          "c.tsx",
          "d.tsx",
          "e.mts",
          "g.js.ts",
          "g.ts",
          "h/index.ts",
          "h.ts",
        ),
        "f.cts": 'module.exports = "f.cts";',
      },
      prints: "a.js\nb.ts\nc.tsx\nd.tsx\ne.mts\nf.cts\ng.js.ts\nh.ts",
    },
    {
      name: '".", "..", and the same with a slash, are the modules of folders',
      files: {
        "main.ts": 'import "./sub/x";',
        "sub/x.ts": imports(".", "..", "./", "../"),
        ...modules("index.ts", "sub/index.ts", "sub.ts"),
      },
      prints: "sub/index.ts\nindex.ts\nsub/index.ts\nindex.ts",
    },
    {
      name: "a folder with a package.json: its main, with an extension or without; index if the main is missing",
      files: {
        "main.ts": imports("./a", "./b", "./c", "./d"),
        "a/package.json": '{"main":"lib/x"}',
        "b/package.json": '{"main":"x.js"}',
        "c/package.json": '{"main":"none.js"}',
        "d/package.json": '{"exports":"./m.js"}',
        ...modules("a/lib/x.ts", "a/index.ts", "b/x.ts", "c/index.ts", "d/m.js", "d/index.ts"),
      },
      prints: "a/lib/x.ts\nb/x.ts\nc/index.ts\nd/index.ts",
    },
    {
      name: "file: URLs, absolute paths and queries; each query is a module",
      files: {
        "main.ts": `
          import a from "./a?x=1"; import b from "./a?x=2"; import c from "./a.ts?x=1";
          console.log(a, b, c);
          const folder = process.cwd();
          const names = ["file://" + folder + "/b.ts", "file://" + folder + "/b", folder + "/b", folder + "/b.js"];
          for (const name of names) console.log((await import(name)).default);
          console.log((await import(new URL("./b.ts", import.meta.url).href)).default);`,
        "a.ts": 'console.log("runs"); export default import.meta.url.replace(/.*\\//, "");',
        ...modules("b.ts"),
      },
      prints: "runs\nruns\na.ts?x=1 a.ts?x=2 a.ts?x=1\nb.ts\nb.ts\nb.ts\nb.ts\nb.ts",
    },
    {
      name: "names of Node.js before files of the same names",
      files: {
        "main.ts": `
          import fs from "fs"; import path from "node:path"; import { serve } from "bun";
          console.log(typeof fs.readFileSync, typeof path.join, typeof serve);`,
        "tsconfig.json": '{"compilerOptions":{"baseUrl":".","paths":{"bun":["./fs.ts"]}}}',
        ...modules("fs.ts", "path.ts", "node_modules/fs/index.js"),
      },
      prints: "function function function",
    },
    {
      name: "imports of package.json, to files without extension, under conditions, and to packages",
      files: {
        "main.ts": imports("#src/x", "#src/y.js", "#only/z", "#db", "#p", "#nested/deep/x"),
        "package.json": JSON.stringify({
          imports: {
            "#src/*": "./src/*",
            "#only/*": "./src/*.ts",
            "#db": { bun: "./src/bun.ts", node: "./src/node.ts" },
            "#p": "p",
            "#nested/*": { default: "./src/*.ts" },
          },
        }),
        ...modules("src/x.ts", "src/y.ts", "src/z.ts", "src/bun.ts", "src/node.ts", "src/deep/x.ts"),
        ...modules("node_modules/p/index.js"),
      },
      prints: "src/x.ts\nsrc/y.ts\nsrc/z.ts\nsrc/bun.ts\nnode_modules/p/index.js\nsrc/deep/x.ts",
    },
    {
      name: "a program of its own name, by its exports",
      files: {
        "main.ts": imports("me", "me/sub/x"),
        "package.json": '{"name":"me","exports":{".":"./src/index.ts","./sub/*":"./src/*.ts"}}',
        ...modules("src/index.ts", "src/x.ts"),
      },
      prints: "src/index.ts\nsrc/x.ts",
    },
    {
      name: "a missing module is an error that names both files",
      files: { "main.ts": 'import "./none";' },
      prints: "",
      code: 1,
      complains: /none.*main\.ts/s,
    },
  ]);
});
