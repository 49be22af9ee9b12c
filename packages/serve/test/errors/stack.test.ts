import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type Frame, parseStack } from "../../src/errors/stack.ts";

const FILE = resolve("/app/a.ts");
const stack = (...lines: string[]): string =>
  ["Error: message", ...lines.map((line) => `    at ${line}`)].join("\n");
const parse = (...lines: string[]): Frame[] => parseStack(stack(...lines), "message");

describe("a frame", () => {
  it.each<[string, Partial<Frame>]>([
    [
      `run (${FILE}:1:2)`,
      { owner: "application", name: "run", file: FILE, line: 1, column: 2, readable: true },
    ],
    [`${FILE}:1:2`, { name: "", file: FILE, line: 1, column: 2 }],
    [`async run (${pathToFileURL(FILE)}:1:2)`, { name: "async run", file: FILE }],
    [`async ${pathToFileURL(FILE)}?v=1:1:2`, { name: "", file: FILE }],
    [`new A.b [as c] (${FILE}:1:2)`, { name: "new A.b [as c]", file: FILE }],
    [`/a/:id (${FILE}:1:2)`, { name: "/a/:id", file: FILE }],
    [`run (${resolve("/app/a (1)/b.js")}:1:2)`, { name: "run", file: resolve("/app/a (1)/b.js") }],
    [`run (${resolve("/app/node_modules/b/c.js")}:1:2)`, { owner: "package", readable: false }],
    [
      `run (${fileURLToPath(new URL("../../src/server/serve.ts", import.meta.url))}:1:2)`,
      { owner: "package", readable: false },
    ],
    ["run (node:internal/a:1:2)", { owner: "runtime", file: "node:internal/a", readable: false }],
    ["Array.map (<anonymous>)", { owner: "runtime", file: "<anonymous>", line: 0, readable: false }],
    ["async Promise.all (index 0)", { owner: "runtime", file: "index 0" }],
    [`eval (eval at run (${FILE}:1:2), <anonymous>:3:4)`, { owner: "runtime", readable: false }],
    ["run (file://host/%zz:1:2)", { owner: "runtime", readable: false }],
    [`run (${resolve("/app/secrets.env")}:1:2)`, { owner: "application", readable: false }],
  ])("%s", (line, expected) => {
    const frames = parse(line);
    expect(frames.length).toBe(1);
    expect(frames[0]).toMatchObject(expected);
  });

  it("is not any other line", () => {
    expect(parseStack("", "")).toEqual([]);
    expect(parseStack(`Error: message\n  at ${FILE}:1:2\nat x\n    at `, "message")).toEqual([]);
    expect(parse(`${"(".repeat(100_000)}:1:2`)).toEqual([]);
  });

  it("is one of the first fifty", () => {
    expect(parse(...Array.from({ length: 1000 }, (_, i) => `${FILE}:${i + 1}:1`)).length).toBe(50);
  });
});

describe("a message that looks like a frame", () => {
  const message = `no\n    at visitor (${FILE}:1:1)`;

  it("is none", () => {
    const frames = parseStack(`Error: ${message}\n    at run (${FILE}:5:6)`, message);
    expect(frames.map(({ name }) => name)).toEqual(["run"]);
    expect(frames[0]!.readable).toBe(true);
  });

  it("has no file read, if it has been changed since", () => {
    const frames = parseStack(`Error: ${message}\n    at run (${FILE}:5:6)`, `changed: ${message}`);
    expect(frames.map(({ readable }) => readable)).toEqual([false, false]);
  });
});

it("V8's own traces are understood", () => {
  const error = new Error("own");
  const [first] = parseStack(error.stack!, error.message);
  expect(first).toMatchObject({ owner: "application", file: fileURLToPath(import.meta.url), readable: true });
  expect(first!.line).toBeGreaterThan(50);
});
