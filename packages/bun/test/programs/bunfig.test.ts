import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const SHOW = "console.log('main', globalThis.order);";
const first = (name: string): string =>
  `globalThis.order = (globalThis.order ?? "") + "${name}"; await 0; export {};`;
const MODULES = { "main.ts": SHOW, "a.ts": first("a"), "b.ts": first("b") };

describe("modules that are loaded first", () => {
  itRunsAsOnBun([
    {
      name: "are those of bunfig.toml, then those of the command",
      files: { ...MODULES, "bunfig.toml": 'preload = ["./a.ts"]' },
      args: ["--preload", "./b.ts", "main.ts"],
      prints: "main ab",
    },
    { name: "may be one", files: { ...MODULES, "bunfig.toml": 'preload = "./a"' }, prints: "main a" },
    {
      name: "have each of their names",
      files: MODULES,
      args: ["-r", "./b.ts", "--import=./a.ts", "--require", "./b.ts", "main.ts"],
      prints: "main ba",
    },
    {
      name: "may be packages",
      files: {
        ...MODULES,
        "node_modules/p/package.json": '{"name":"p","main":"p.js"}',
        "node_modules/p/p.js": "globalThis.order = 'p'",
      },
      args: ["-r", "p", "main.ts"],
      prints: "main p",
    },
    {
      name: "see .env",
      files: { "main.ts": SHOW, "a.ts": "globalThis.order = process.env.V_A", ".env": "V_A=5" },
      args: ["-r", "./a.ts", "main.ts"],
      prints: "main 5",
    },
    {
      name: "come before the code of -e",
      files: MODULES,
      args: ["-r", "./a.ts", "-e", SHOW],
      prints: "main a",
    },
    {
      name: "that are not there end the program",
      files: MODULES,
      args: ["-r", "./none.ts", "main.ts"],
      prints: "",
      code: 1,
      complains: /none\.ts/,
    },
  ]);
});

describe("bunfig.toml", () => {
  itRunsAsOnBun([
    {
      name: "is that of the working directory",
      files: { "sub/main.ts": SHOW, "a.ts": first("a"), "bunfig.toml": 'preload = ["./a.ts"]' },
      args: ["sub/main.ts"],
      prints: "main a",
    },
    {
      name: "may be another file",
      files: { ...MODULES, "other.toml": 'preload = ["./a.ts"]' },
      args: ["--config=other.toml", "main.ts"],
      prints: "main a",
    },
    {
      name: "with a fault ends the program",
      files: { ...MODULES, "bunfig.toml": "smol = true\npreload = " },
      prints: "",
      code: 1,
      complains: /\$DIR\/bunfig\.toml:2:11\n\n2 \| preload = /,
    },
    {
      name: "with a value of another type ends the program",
      files: { ...MODULES, "bunfig.toml": "smol = true\npreload = 5" },
      prints: "",
      code: 1,
      complains: /preload must be[\s\S]*\$DIR\/bunfig\.toml:2:1/,
    },
    {
      name: "may have what other commands read",
      files: { ...MODULES, "bunfig.toml": '[install]\nregistry = "x"\n[test]\npreload = ["./none.ts"]' },
      prints: "main undefined",
    },
  ]);
});

// The ports are below those that Linux gives to clients: one of these was taken once.
const SETTINGS = {
  "bunfig.toml": `jsx = "react"
    jsxFactory = "h"
    jsxFragment = "F"
    smol = true
    telemetry = false
    logLevel = "warn"
    [loader]
    ".bagel" = "tsx"
    ".conf" = "toml"
    ".data" = "json"
    ".tpl" = "text"
    ".txt" = "json5"
    ".raw" = "file"
    [serve]
    port = 25871
    [run]
    silent = true
    bun = true`,
  "main.ts": `import { element, only } from "./a.bagel";
    import conf from "./a.conf";
    import data from "./a.data";
    import text from "./a.tpl";
    import five from "./a.txt";
    import raw from "./a.raw";
    import sheet from "./a.sheet";
    const server = Bun.serve({ fetch: () => new Response() });
    console.log(JSON.stringify([element, only, conf, data, text, five, raw, sheet, server.port]));
    server.stop();`,
  "a.bagel": `const h = (name: any, _: any, ...inner: any[]) => "h:" + name + inner.join();
    const F = "fragment";
    export const element = <a><>x</></a>;
    export const only: string = "typed";`,
  "a.conf": "v = 1",
  "a.data": '{ "v": 2 }',
  "a.tpl": "text",
  "a.txt": "{ v: 5 }",
  "a.raw": "{",
  "a.sheet": "v: 6",
  "package.json": `{"scripts":{"dev":"node -e 'console.log(typeof Bun)'"}}`,
};
const VALUES = '["h:ah:fragmentx","typed",{"v":1},{"v":2},"text",{"v":5},"$DIR/a.raw"';

describe("the settings of bunfig.toml", () => {
  itRunsAsOnBun([
    {
      name: "are those of files by their extension, of JSX, and of servers",
      files: SETTINGS,
      prints: `${VALUES},"$DIR/a.sheet",25871]`,
    },
    {
      name: "stand behind those of the command, whose loaders are all",
      files: {
        ...SETTINGS,
        "bunfig.toml": SETTINGS["bunfig.toml"].replace('"h"', '"none"'),
        "main.tsx": `import sheet from "./a.sheet";
          import text from "./a.txt";
          const h = (name: string) => "h:" + name;
          const server = Bun.serve({ fetch: () => new Response() });
          console.log(JSON.stringify([<a />, sheet, text, server.port]));
          server.stop();`,
      },
      args: ["-l", ".sheet:yaml", "--jsx-factory=h", "--port=25872", "main.tsx"],
      prints: '["h:a",{"v":6},"{ v: 5 }",25872]',
    },
    { name: "hold for scripts", files: SETTINGS, args: ["dev"], prints: "object" },
    {
      name: "stand behind those of a tsconfig",
      files: {
        "bunfig.toml": SETTINGS["bunfig.toml"],
        "tsconfig.json": '{"compilerOptions":{"jsxFactory":"T"}}',
        "main.tsx": "const T = (name: string) => 'T:' + name; console.log(<a />);",
      },
      args: ["main.tsx"],
      prints: "T:a",
    },
    {
      name: "have a depth of what is shown, which the command may set, too",
      files: {
        "bunfig.toml": "[console]\ndepth = 1",
        "main.ts": `console.log({ a: { b: { c: { d: { e: 5 } } } } });`,
      },
      args: ["--console-depth=4", "main.ts"],
      prints: "{\n  a: {\n    b: { c: { d: { e: 5 } } }\n  }\n}",
      onBun: {
        prints:
          "{\n  a: {\n    b: {\n      c: {\n        d: {\n          e: 5,\n        },\n      },\n    },\n  },\n}",
        why: "Objects are shown as Node.js shows them.",
      },
    },
    {
      name: "may be for another tsconfig",
      files: {
        "main.ts": 'import x from "@x"; console.log(x);',
        "sub/other.json": '{"compilerOptions":{"paths":{"@x":["./x.ts"]}}}',
        "sub/x.ts": "export default 5;",
      },
      args: ["--tsconfig-override=sub/other.json", "main.ts"],
      prints: "5",
    },
  ]);
});

const DEFINED = `const read = (get) => { try { return get(); } catch { return "none"; } };
  console.log(JSON.stringify([read(() => NAME), read(() => process.env.V_STAGE), read(() => a.b), read(() => { const NAME = 3; return NAME; })]));`;

const DEFINES = `[define]
"NAME" = "'file'"
"process.env.V_STAGE" = "'file'"`;

describe("names that are replaced", () => {
  itRunsAsOnBun([
    {
      name: "by the command",
      files: { "main.ts": DEFINED },
      args: ["--define", "NAME=1", "-d", 'process.env.V_STAGE:"x y"', '--define=a.b={"c":[true]}', "main.ts"],
      prints: '[1,"x y",{"c":[true]},3]',
    },
    {
      name: "in JavaScript, too",
      files: { "main.js": DEFINED },
      args: ["--define", "NAME=null", "main.js"],
      prints: '[null,null,"none",3]',
    },
    {
      name: "by bunfig.toml",
      files: { "main.ts": DEFINED, "bunfig.toml": DEFINES },
      prints: '["file","file","none",3]',
    },
    {
      name: "by the command in place of all of bunfig.toml",
      files: { "main.ts": DEFINED, "bunfig.toml": DEFINES },
      args: ["--define", "NAME='command'", "main.ts"],
      prints: '["command",null,"none",3]',
    },
  ]);
});
