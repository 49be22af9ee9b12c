import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const config = (compilerOptions: object, rest: object = {}): string =>
  JSON.stringify({ compilerOptions, ...rest });

/** Modules that say who they are, by their paths. */
function modules(...paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, `export default ${JSON.stringify(path)};`]));
}

/** A program that imports each specifier, and prints which modules it got. */
function imports(...specifiers: readonly string[]): string {
  const lines = specifiers.map(
    (specifier, at) => `import m${at} from ${JSON.stringify(specifier)}; console.log(m${at});`,
  );
  return lines.join("\n");
}

describe("paths and baseUrl of tsconfig.json", () => {
  itRunsAsOnBun([
    {
      name: "patterns: exact names first, then the longest; the first target that is there",
      files: {
        "main.ts": imports("@/x", "@/exact", "@/l/x", "@/folder", "@/x.js", "x.foo", "p", "#alias", "/root"),
        "tsconfig.json": config({
          paths: {
            "@/*": ["./none/*", "./src/*"],
            "@/exact": ["./src/other"],
            "@/l/*": ["./lib/*"],
            "*.foo": ["./foo/*.ts"],
            p: ["./src/p.ts"],
            "#alias": ["./src/alias.ts"],
            "/root": ["./src/root.ts"],
          },
        }),
        ...modules(
          "src/x.ts",
          "src/exact.ts",
          "src/other.ts",
          "src/l/x.ts",
          "lib/x.ts",
          "src/folder/index.tsx",
        ),
        ...modules("foo/x.ts", "src/p.ts", "src/alias.ts", "src/root.ts", "node_modules/p/index.mjs"),
        "package.json": '{"imports":{"#alias":"./src/imports.ts"}}',
      },
      prints:
        "src/x.ts\nsrc/other.ts\nlib/x.ts\nsrc/folder/index.tsx\nsrc/x.ts\nfoo/x.ts\nsrc/p.ts\nsrc/alias.ts\nsrc/root.ts",
    },
    {
      name: "baseUrl alone, and under paths; what they do not have is a package",
      files: {
        "main.ts": imports("lib/x", "@/x", "p", "q"),
        "tsconfig.json": config({ baseUrl: "src", paths: { "@/*": ["lib/*"], q: ["none"] } }),
        ...modules("src/lib/x.ts", "src/p.ts", "node_modules/p/index.mjs"),
        "node_modules/q/index.js": 'module.exports = "q";',
      },
      prints: "src/lib/x.ts\nsrc/lib/x.ts\nsrc/p.ts\nq",
    },
    {
      name: "comments, trailing commas, extends, and jsconfig.json",
      files: {
        "main.ts": 'import "./a/m"; import "./b/m"; import "./c/m";',
        "a/tsconfig.json": `{ // comment
          "compilerOptions": { /* "paths": {} */ "paths": { "@/*": ["./src/*",], }, }, }`,
        "a/m.ts": imports("@/x"),
        "b/tsconfig.json": '{"extends":"../base/tsconfig.json"}',
        "b/m.ts": imports("@/x"),
        "base/tsconfig.json": config({ paths: { "@/*": ["./src/*"] } }),
        "c/jsconfig.json": config({ paths: { "@/*": ["./src/*"] } }),
        "c/m.js": imports("@/x"),
        ...modules("a/src/x.ts", "b/src/x.ts", "base/src/x.ts", "c/src/x.ts"),
      },
      prints: "a/src/x.ts\nbase/src/x.ts\nc/src/x.ts",
    },
    {
      name: "the nearest tsconfig.json of the importer, which is not joined with those above",
      files: {
        "main.ts": `import "./k/m"; import "./n/m"; import x from "@/x"; console.log(x);
          console.log(await import("./e/m").then(() => "found", () => "not found"));`,
        "tsconfig.json": config({ paths: { "@/*": ["./root/*"] } }),
        "k/tsconfig.json": config({ paths: { "@/*": ["./own/*"] } }),
        "k/m.ts": imports("@/x"),
        "n/package.json": "{}",
        "n/m.ts": imports("@/x"),
        "e/tsconfig.json": config({}),
        "e/m.ts": imports("@/x"),
        ...modules("root/x.ts", "k/own/x.ts"),
      },
      prints: "k/own/x.ts\nroot/x.ts\nroot/x.ts\nnot found",
    },
    {
      name: "a relative specifier has nothing to do with them, nor have declarations",
      files: {
        "main.ts": imports("./x", "p"),
        "tsconfig.json": config({ paths: { "./x": ["./src/x.ts"], p: ["./types/p.d.ts"] } }),
        ...modules("x.ts", "src/x.ts", "types/p.d.ts"),
        "node_modules/p/index.js": 'module.exports = "p";',
      },
      prints: "x.ts\np",
    },
    {
      name: "a tsconfig.json that cannot be read is reported, and the program runs",
      files: {
        "main.ts": 'import "p"; console.log("runs");',
        "tsconfig.json": '{"extends":"./none.json"}',
        "node_modules/p/index.js": "",
      },
      prints: "runs",
      complains: /tsconfig\.json.*none\.json/,
    },
    {
      name: "extends without an extension, of several, and of a package, as TypeScript reads them",
      files: {
        "main.ts": 'import "./a/m"; import "./b/m"; import "./c/m";',
        "a/tsconfig.json": '{"extends":"../base"}',
        "base.json": config({ paths: { "@/*": ["./src/*"] } }),
        "b/tsconfig.json": '{"extends":["../base.json","../other.json"]}',
        "other.json": config({ paths: { "@/*": ["./other/*"] } }),
        "c/tsconfig.json": '{"extends":"p/base.json"}',
        "node_modules/p/base.json": config({ paths: { "@/*": [`\${configDir}/own/*`] } }),
        ...Object.fromEntries(["a/m.ts", "b/m.ts", "c/m.ts"].map((path) => [path, imports("@/x")])),
        ...modules("src/x.ts", "other/x.ts", "c/own/x.ts"),
      },
      prints: "src/x.ts\nother/x.ts\nc/own/x.ts",
      onBun: { prints: "", code: 1, why: "Bun does not read these forms" },
    },
  ]);
});
