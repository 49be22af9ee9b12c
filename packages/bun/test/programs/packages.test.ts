import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** The files of a package: modules that say who they are, and its package.json. */
function pack(name: string, json: object | null, ...paths: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  if (json !== null) files[`node_modules/${name}/package.json`] = JSON.stringify(json);
  for (const path of paths) {
    const text = JSON.stringify(path);
    const source = /\.c?js$/.test(path) ? `module.exports = ${text};` : `export default ${text};`;
    files[`node_modules/${name}/${path}`] = source;
  }
  return files;
}

/** A program that imports each specifier, and prints which modules it got. */
function imports(...specifiers: readonly string[]): string {
  const lines = specifiers.map(
    (specifier, at) => `import m${at} from ${JSON.stringify(specifier)}; console.log(m${at});`,
  );
  return lines.join("\n");
}

describe("packages", () => {
  itRunsAsOnBun([
    {
      name: "undici without an installation",
      files: {
        "main.ts": `
          import { Agent, request } from "undici";
          const server = Bun.serve({ port: 0, fetch: () => new Response("hi") });
          const { statusCode, body } = await request(server.url);
          console.log(statusCode, await body.text(), typeof Agent, typeof require("undici").fetch);
          process.exit();`,
      },
      prints: "200 hi function function",
    },
    {
      name: "undici that is installed counts first",
      files: {
        "main.ts": 'import * as undici from "undici"; console.log(undici.word);',
        "node_modules/undici/index.js": 'exports.word = "installed";',
      },
      prints: "installed",
      onBun: { prints: "undefined", why: "its own comes first" },
    },
    {
      name: "a package.json with comments and trailing commas, beside the program and its modules of each kind",
      files: {
        "package.json": '{ "name": "own", // comment\n "imports": { "#a": "./a.ts", }, }',
        "main.ts": `
          import { a } from "#a"; import b from "./b.js"; import c from "./c.cjs"; import d from "./d.mjs"; import own from "./package.json";
          console.log(a, b, c, d, own.name, require("./b.js"), require("./a").a, (await import("./e.js")).default);`,
        "a.ts": 'export const a: string = "a";',
        "b.js": 'module.exports = "b";',
        "c.cjs": 'module.exports = "c";',
        "d.mjs": 'export default "d";',
        "e.js": 'export default "e";',
      },
      prints: "a b c d own b a e",
    },
    {
      name: "without exports: main with an extension or without, of a folder, of TypeScript; index where there is no main",
      files: {
        "main.ts": imports("a", "b", "c", "d", "e", "f", "g", "h"),
        ...pack("a", { main: "lib/main" }, "lib/main.ts", "lib/main.js"),
        ...pack("b", { main: "lib" }, "lib/index.ts", "lib/index.js"),
        ...pack("c", { main: "lib/main.js" }, "lib/main.ts"),
        ...pack("d", { main: "none.js" }, "index.js"),
        ...pack("e", { name: "e" }, "index.ts"),
        ...pack("f", null, "index.ts", "index.js"),
        ...pack("g", { main: "./src/index.ts" }, "src/index.ts"),
        ...pack("h", { main: "main.js", module: "module.mjs" }, "main.js", "module.mjs"),
      },
      prints: "lib/main.js\nlib/index.js\nlib/main.ts\nindex.js\nindex.ts\nindex.js\nsrc/index.ts\nmain.js",
    },
    {
      name: "module: where there is neither main nor index, or no file of main, as `bun init` writes it",
      files: {
        "main.ts": imports("a", "b", "c", "d", "e", "./f", "./g"),
        ...pack("a", { module: "src/index.ts" }, "src/index.ts"),
        ...pack("b", { module: "./module.js" }, "index.js", "module.js"),
        ...pack("c", { main: "none.js", module: "./module.js" }, "index.js", "module.js"),
        ...pack("d", { main: "none.js", module: "none.mjs" }, "index.js"),
        ...pack("e", { module: "lib" }, "lib/index.js"),
        "f/package.json": '{"module":"x.ts"}',
        "f/x.ts": 'export default "f/x.ts";',
        "g/package.json": '{"module":"x.ts"}',
        "g/x.ts": 'export default "g/x.ts";',
        "g/index.ts": 'export default "g/index.ts";',
      },
      prints: "src/index.ts\nindex.js\nmodule.js\nindex.js\nlib/index.js\nf/x.ts\ng/index.ts",
    },
    {
      name: "paths in packages; JavaScript before TypeScript",
      files: {
        "main.ts": imports("p/lib/x", "p/lib/y.js", "p/lib/z", "@s/p/w", "q"),
        ...pack("p", {}, "lib/x.ts", "lib/x.js", "lib/y.ts", "lib/z/index.tsx"),
        ...pack("@s/p", {}, "w.ts"),
        "node_modules/q.ts": 'export default "q.ts";',
      },
      prints: "lib/x.js\nlib/y.ts\nlib/z/index.tsx\nw.ts\nq.ts",
    },
    {
      name: "exports: the condition bun, in the order of package.json",
      files: {
        "main.ts": imports("a", "b", "c", "d", "e"),
        ...pack("a", { exports: { bun: "./bun.js", node: "./node.js" } }, "bun.js", "node.js"),
        ...pack("b", { exports: { node: "./node.js", bun: "./bun.js" } }, "bun.js", "node.js"),
        ...pack("c", { exports: { require: "./r.js", import: { bun: "./bun.ts" } } }, "bun.ts", "r.js"),
        ...pack("d", { exports: { "module-sync": "./s.js", default: "./d.js" } }, "s.js", "d.js"),
        ...pack("e", { exports: { browser: "./b.js", worker: "./w.js", default: "./d.js" } }, "b.js", "d.js"),
      },
      prints: "bun.js\nnode.js\nbun.ts\nd.js\nd.js",
    },
    {
      name: "exports of TypeScript, by patterns, and where only the source is there",
      files: {
        "main.ts": imports("p", "p/x/y", "p/js", "p/plain/z", "p/list", "q/deep"),
        ...pack(
          "p",
          {
            exports: {
              ".": "./src/index.ts",
              "./x/*": "./src/x/*.ts",
              "./js": "./src/only.js",
              "./plain/*": "./src/*",
              "./list": [{ unknown: "./none.js" }, "./src/list.ts"],
            },
          },
          ...["src/index.ts", "src/x/y.ts", "src/only.ts", "src/z.ts", "src/list.ts"],
        ),
        ...pack("q", { exports: { "./*": "./*", "./deep": "./a.js" } }, "a.js", "deep.js"),
      },
      prints: "src/index.ts\nsrc/x/y.ts\nsrc/only.ts\nsrc/z.ts\nsrc/list.ts\na.js",
    },
    {
      name: "a tsconfig.json that a dependency left behind is no matter of the program's",
      files: {
        "main.ts": 'import p from "p"; console.log(p);',
        "node_modules/p/tsconfig.json": '{"extends":"@none/tsconfig"}',
        "node_modules/p/index.js": 'module.exports = require("q");',
        "node_modules/q/index.js": 'module.exports = "q";',
      },
      prints: "q",
      complains: /^$/,
    },
    {
      name: "import.meta.resolve gives the file of CommonJS",
      files: {
        "main.ts":
          'const url = import.meta.resolve("p"); console.log(new URL(url).protocol, url.endsWith("/p/index.js"));',
        "node_modules/p/index.js": 'module.exports = "p";',
      },
      prints: "file: true",
    },
    {
      name: "what is not exported is not there",
      files: {
        "main.ts": `
          for (const name of ["p/other", "p/private/x", "p/b.js", "none", "@s/none"])
            console.log(await import(name).then(() => "there", () => "not there"));`,
        ...pack("p", { exports: { ".": "./b.js", "./*": "./*.js", "./private/*": null } }, "private/x.js"),
      },
      prints: "not there\nnot there\nnot there\nnot there\nnot there",
    },
    {
      name: "the nearest node_modules; a package finds its own dependencies",
      files: {
        "main.ts": 'import "./app/main";',
        "app/main.ts": imports("p", "r"),
        "app/node_modules/p/index.js": 'module.exports = "app/p";',
        "node_modules/p/index.js": 'module.exports = "p";',
        "node_modules/r/index.js": 'module.exports = "r of " + require("p");',
        "node_modules/r/node_modules/p/index.js": 'module.exports = "r/p";',
      },
      prints: "app/p\nr of r/p",
    },
    {
      name: "the packages of a workspace, which node_modules links to, with TypeScript as main, paths of their own and each other",
      files: {
        "main.ts": `
          import { symlinkSync } from "node:fs";
          for (const name of ["a", "b"]) symlinkSync("../../packages/" + name, "node_modules/@w/" + name);
          await import("./apps/server/main");`,
        // Without the folder Bun would ask the registry.
        "node_modules/@w/README": "",
        "apps/server/main.ts": 'import { a } from "@w/a"; import b from "@w/b/lib"; console.log(a, b);',
        "apps/server/package.json": "{}",
        "packages/a/package.json": '{"name":"@w/a","main":"src/index.ts"}',
        "packages/a/tsconfig.json": '{"compilerOptions":{"paths":{"~/*":["./src/*"]}}}',
        "packages/a/src/index.ts":
          'import { x } from "~/x"; import b from "@w/b"; export const a: string = x + b;',
        "packages/a/src/x.ts": 'export const x = "x";',
        "packages/b/package.json":
          '{"name":"@w/b","type":"module","exports":{".":"./b.ts","./*":"./src/*.ts"}}',
        "packages/b/b.ts": 'export default "b" as string;',
        "packages/b/src/lib.ts": "enum Level { low = 3 }\nexport default Level.low;",
      },
      prints: "xb 3",
    },
  ]);
});
