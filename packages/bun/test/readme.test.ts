import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readReadme, testContents } from "@mantou/testing/readme";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { afterAll, describe, expect, it } from "vitest";
import { MISSING } from "../src/base/missing.ts";
import Bun from "../src/global/object.ts";

const readme = readReadme(new URL("../", import.meta.url));
const { text, examples } = readme;
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const dir = tempDir();
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

describe("the README", () => {
  testContents(readme);

  it.each(
    examples.map((code, i) => [i + 1, code] as const),
  )("has example %i, which mantou runs", async (i, code) => {
    fill(dir, { [`example-${i}.ts`]: code, "public/a.txt": "served" });
    const env = { ...process.env, NODE_NO_WARNINGS: "1" };
    const child = spawn(process.execPath, [MAIN, join(dir, `example-${i}.ts`)], { cwd: dir, env });
    children.push(child);
    let output = "";
    let status: number | null | undefined;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => (output += String(bytes)));
    child.on("close", (ended) => {
      status = ended;
    });
    await until(() => status !== undefined || output.includes("Listening on"), "its end, or a server");
    if (code.includes("assert.")) {
      expect([status, output]).toEqual([0, ""]);
      return;
    }
    const port = /Listening on \S+:(\d+)/.exec(output)?.[1];
    expect(port, output).toBeDefined();
    expect(await (await fetch(`http://localhost:${port}/a.txt`)).text()).toBe("served");
  });

  it("names every member of Bun that is there, and no other", () => {
    const section = text.split("\n## What `Bun` has\n")[1]!.split("\n\n")[0]!;
    const names = [...section.matchAll(/`([\w$]+)`/g)].map(([, name]) => name!);
    const there = Object.keys(Bun).filter((name) => !MISSING.includes(name));
    expect(names.sort()).toEqual(there.sort());
  });
});
