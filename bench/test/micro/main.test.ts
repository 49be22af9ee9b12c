import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MicroResults } from "../../src/micro/results.ts";

/** The built program as it is used, on contestants that need no download. */
const program = fileURLToPath(new URL("../../dist/micro/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runProgram(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 100_000 });
}

describe("a run", () => {
  it("measures contestants in turns, writes the numbers and makes a section of them", () => {
    const json = join(folder, "run.json");
    const args = "tiny response --only mantou,llhttp-wasm,node --rounds 1 --window 20 --warm-up 0 --json";
    const { status, stdout, stderr } = runProgram(...args.split(" "), json);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("response: a response with 8 fields");

    const results = JSON.parse(readFileSync(json, "utf8")) as MicroResults;
    expect(results.versions).toMatchObject({ node: process.versions.node, undici: "7.30.2" });
    expect(results.cases.map(({ name }) => name)).toEqual(["tiny", "response"]);
    for (const { contestants } of results.cases) {
      expect(contestants.map(({ name }) => name)).toEqual(["mantou", "llhttp-wasm", "node"]);
      for (const { name, nanoseconds } of contestants) {
        expect(nanoseconds, name).toHaveLength(1);
        expect(Math.min(...nanoseconds), name).toBeGreaterThan(10);
      }
    }

    const out = join(folder, "page.md");
    expect(runProgram("--markdown", json, "--out", out).status).toBe(0);
    expect(runProgram("--markdown", json, "--out", out).status).toBe(0);
    expect(readFileSync(out, "utf8").match(/## The parser by itself/g)).toHaveLength(1);
  });
});

describe("wrong use", () => {
  it("prints the reason and the usage, with exit code 2", () => {
    for (const [args, reason] of [
      [["tinny"], 'there is no case "tinny"'],
      [["--markdown", join(folder, "none.json")], "no such file"],
      [
        ["--markdown", fileURLToPath(new URL("../../package.json", import.meta.url))],
        "is not written by --json",
      ],
    ] as const) {
      const { status, stderr, stdout } = runProgram(...args);
      expect(status).toBe(2);
      expect(stderr.split("\n")[0]).toContain(reason);
      expect(stderr).toContain("--only a,b");
      expect(stderr).not.toContain("    at ");
      expect(stdout).toBe("");
    }
  });
});
