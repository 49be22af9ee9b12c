import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const SHOW = "console.log(JSON.stringify([process.argv.slice(1), Bun.argv.slice(1), Bun.main]));";
const shown = (file: string, ...args: string[]): string => {
  const argv = [`$DIR/${file}`, ...args];
  return JSON.stringify([argv, argv, argv[0]]);
};

describe("what stands behind the file is the program's", () => {
  itRunsAsOnBun([
    {
      name: "also options of the command",
      files: { "main.ts": SHOW },
      args: ["main.ts", "--port", "80", "-h", "--hot", "-e", "x"],
      prints: shown("main.ts", "--port", "80", "-h", "--hot", "-e", "x"),
    },
    {
      name: "but for one --",
      files: { "main.ts": SHOW },
      args: ["main.ts", "--", "a", "--", "b"],
      prints: shown("main.ts", "a", "--", "b"),
    },
    {
      name: "behind run, too",
      files: { "main.ts": SHOW },
      args: ["run", "main.ts", "a", "--b"],
      prints: shown("main.ts", "a", "--b"),
    },
    {
      name: "while --port in front of it is that of servers",
      files: {
        "main.ts":
          "const server = Bun.serve({ fetch: () => new Response() }); console.log(server.port > 0 && server.port !== 3000); server.stop();",
      },
      args: ["--port", "0", "main.ts", "--port", "3000"],
      prints: "true",
    },
  ]);
});

describe("what BUN_OPTIONS says", () => {
  itRunsAsOnBun([
    {
      name: "stands in front of the arguments",
      files: { "main.ts": SHOW, "before.ts": 'console.log("before", typeof A);' },
      args: ["main.ts", "a"],
      env: { BUN_OPTIONS: "--define A='1' --preload ./before.ts" },
      prints: `before number\n${shown("main.ts", "a")}`,
    },
    {
      name: "may be the program",
      files: { "main.ts": SHOW },
      args: ["a"],
      env: { BUN_OPTIONS: "--smol main.ts" },
      prints: shown("main.ts", "a"),
    },
    {
      name: "holds for what scripts start, too",
      files: {
        "main.ts": 'console.log("main");',
        "before.ts": 'console.log("before");',
        "package.json": '{"scripts":{"dev":"bun main.ts"}}',
      },
      args: ["run", "dev"],
      env: { BUN_OPTIONS: "--preload=./before.ts" },
      prints: "before\nmain",
    },
    {
      name: "holds once where Node.js starts anew",
      files: {
        "main.ts": "console.log(typeof gc, process.argv.slice(2).join());",
        "before.ts": 'console.log("before");',
      },
      args: ["main.ts", "a"],
      env: { BUN_OPTIONS: "--preload=./before.ts --expose-gc" },
      prints: "before\nfunction a",
    },
  ]);
});

describe("a program is found", () => {
  itRunsAsOnBun([
    { name: "without its extension", files: { "main.ts": SHOW }, args: ["./main"], prints: shown("main.ts") },
    { name: "without ./", files: { "main.tsx": SHOW }, args: ["main"], prints: shown("main.tsx") },
    { name: "by its JavaScript", files: { "main.ts": SHOW }, args: ["main.js"], prints: shown("main.ts") },
    { name: "as .", files: { "index.ts": SHOW }, args: ["."], prints: shown("index.ts") },
    { name: "as run .", files: { "index.js": SHOW }, args: ["run", "."], prints: shown("index.js") },
    {
      name: "as a folder",
      files: { "app/index.ts": SHOW },
      args: ["app", "x"],
      prints: shown("app/index.ts", "x"),
    },
    {
      name: "as a folder that names a file",
      files: { "app/package.json": '{"main":"src/start.ts"}', "app/src/start.ts": SHOW },
      args: ["./app"],
      prints: shown("app/src/start.ts"),
    },
    {
      name: "without any extension, with a first line for the system",
      files: { tool: `#!/usr/bin/env bun\nconst text: string = "typed"; console.log(text);` },
      args: ["./tool"],
      prints: "typed",
    },
    {
      name: "with an extension that means nothing, as code",
      files: { "tool.tool": "const text: string = 'typed'; console.log(text);" },
      args: ["tool.tool"],
      prints: "typed",
    },
    {
      name: "before a script of the same name, if it is a file",
      files: { "x.ts": "console.log('file')", "package.json": '{"scripts":{"x.ts":"echo script"}}' },
      args: ["x.ts"],
      prints: "file",
    },
    {
      name: "behind a script of the same name, with run",
      files: { "x.ts": "console.log('file')", "package.json": '{"scripts":{"x.ts":"echo script"}}' },
      args: ["run", "x.ts"],
      prints: "script",
    },
    {
      name: "in the folder of --cwd",
      files: { "sub/main.ts": SHOW },
      args: ["--cwd=sub", "main.ts"],
      prints: shown("sub/main.ts"),
    },
    { name: "or not", files: {}, args: ["none.ts"], prints: "", code: 1, complains: /none\.ts/ },
    { name: "or need not be", files: {}, args: ["run", "--if-present", "none"], prints: "" },
    {
      name: "and not data",
      files: { "a.json": "{}" },
      args: ["a.json"],
      prints: "",
      code: 1,
      complains: /a\.json/,
    },
    {
      name: "and not XML",
      files: { "a.xml": "<a/>" },
      args: ["a.xml"],
      prints: "",
      code: 1,
      complains: /a\.xml cannot be run/,
    },
  ]);
});

const SCRIPTS = JSON.stringify({
  name: "p",
  version: "1.2.3",
  scripts: {
    predev: "echo pre",
    dev: "echo dev",
    postdev: "echo post",
    fail: "exit 7",
    prebad: "exit 3",
    bad: "echo not reached",
    test: "echo test script",
    tool: "tool a 'b c'",
    environment: "echo $npm_package_name $npm_package_version $npm_lifecycle_event $V_A",
  },
});

describe("a script of package.json", () => {
  itRunsAsOnBun([
    {
      name: "runs with those around it",
      files: { "package.json": SCRIPTS },
      args: ["dev"],
      prints: "pre\ndev\npost",
    },
    {
      name: "gets arguments, as words of the shell",
      files: { "package.json": SCRIPTS },
      args: ["run", "dev", "a", "b  c", '"$HOME`\\'],
      prints: 'pre\ndev a b  c "$HOME`\\\npost',
    },
    { name: "fails with its code", files: { "package.json": SCRIPTS }, args: ["fail"], prints: "", code: 7 },
    {
      name: "does not run behind one that fails",
      files: { "package.json": SCRIPTS },
      args: ["bad"],
      prints: "",
      code: 3,
    },
    {
      name: "may have the name of a command",
      files: { "package.json": SCRIPTS },
      args: ["run", "test"],
      prints: "test script",
    },
    {
      name: "is there instead of a command to check, format or lint",
      files: {
        "package.json":
          '{"scripts":{"check":"echo checked","fmt":"echo formatted","lint":"echo linted","all":"bun check a && bun fmt && bun lint"}}',
      },
      args: ["--silent", "all"],
      prints: "checked a\nformatted\nlinted",
    },
    {
      name: "may stand beside comments",
      files: { "package.json": '{ // ours\n  "scripts": { "dev": "echo dev", },\n}' },
      args: ["dev"],
      prints: "dev",
    },
    {
      name: "has its package's name among its variables, and none of .env",
      files: { "package.json": SCRIPTS, ".env": "V_A=1" },
      args: ["environment"],
      prints: "p 1.2.3 environment",
    },
    {
      name: "runs in its package's folder",
      files: {
        "package.json": '{"scripts":{"where":"echo outer"}}',
        "in/package.json": '{"scripts":{"where":"pwd"}}',
        "in/deep/x": "",
      },
      args: ["--cwd", "in/deep", "where"],
      prints: "$DIR/in",
    },
    {
      name: "is not one of a package above",
      files: {
        "package.json": '{"scripts":{"where":"echo outer"}}',
        "in/package.json": '{"scripts":{}}',
      },
      args: ["--cwd=in", "where"],
      prints: "",
      code: 1,
    },
  ]);
});

describe("code", () => {
  itRunsAsOnBun([
    {
      name: "of -e is TypeScript, and imports files of the working directory",
      files: { "a.ts": "export const a: number = 5;" },
      args: ["-e", 'import { a } from "./a"; const b: number = a; console.log(b, await Promise.resolve(6));'],
      prints: "5 6",
    },
    {
      name: "of -e gets arguments",
      files: {},
      args: ["-e", "console.log(JSON.stringify([process.argv.slice(1), Bun.main]))", "a", "--b"],
      prints: '[["a","--b"],"$DIR/[eval]"]',
    },
    {
      name: "of -e requires",
      files: {},
      args: ["--eval", 'console.log(require("node:path").sep)'],
      prints: "/",
    },
    {
      name: "of -e that throws",
      files: {},
      args: ["-e", 'console.log(1); throw new Error("no")'],
      prints: "1",
      code: 1,
      complains: /no/,
    },
    {
      name: "of -p prints what a promise gives",
      files: {},
      args: ["-p", "console.log(import.meta.main); Promise.resolve('x')"],
      prints: "true\nx",
    },
    { name: "of -p prints its value", files: {}, args: ["-p", "1 + 1"], prints: "2" },
    {
      name: "of -p prints the value of its last statement",
      files: {},
      args: ["-p", "const a: number = 1; [a, 2].join()"],
      prints: "1,2",
    },
    {
      name: "of -p prints a value that is awaited",
      files: {},
      args: ["-p", "await Promise.resolve('x')"],
      prints: "x",
    },
    { name: "of -p reads .env", files: { ".env": "V_A=5" }, args: ["-p", "process.env.V_A"], prints: "5" },
    {
      name: "of -p imports",
      files: {},
      args: ["-p", 'import { sep } from "node:path"; sep + sep'],
      prints: "//",
    },
  ]);
});

describe("the process", () => {
  itRunsAsOnBun([
    {
      name: "says that it is Bun, as Bun's documentation tells programs to ask",
      files: { "main.ts": "console.log(process.versions.bun === Bun.version, process.isBun);" },
      prints: "true true",
    },
    {
      name: "has written all when it ends",
      files: { "main.ts": "console.log('x'.repeat(200_000)); process.exit(9)" },
      prints: "x".repeat(200_000),
      code: 9,
    },
    { name: "ends with the program's code", files: { "main.ts": "process.exit(9)" }, prints: "", code: 9 },
    { name: "ends with process.exitCode", files: { "main.ts": "process.exitCode = 4" }, prints: "", code: 4 },
    {
      name: "ends with 1 for an error",
      files: { "main.ts": 'setTimeout(() => { throw new Error("late"); })' },
      prints: "",
      code: 1,
      complains: /late/,
    },
    {
      name: "ends with 1 for a rejection",
      files: { "main.ts": 'Promise.reject(new Error("lost")); setTimeout(() => console.log("no"), 2000)' },
      prints: "",
      code: 1,
      complains: /lost/,
    },
  ]);
});
