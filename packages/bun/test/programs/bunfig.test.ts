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
      complains: /2 \| preload = [\s\S]*\$DIR\/bunfig\.toml:2:11/,
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
