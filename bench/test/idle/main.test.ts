import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IdleResults } from "../../src/idle/results.ts";

/** The built program as it is used, on contestants that need no download. */
const program = fileURLToPath(new URL("../../dist/idle/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-idle-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runProgram(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 100_000 });
}

describe("a run", () => {
  it("weighs connections with and without compression, and makes a section of the numbers", () => {
    const json = join(folder, "idle.json");
    const options = "--rounds 1 --connections 300 --talking 100 --settle 0 --json".split(" ");
    const { status, stdout, stderr } = runProgram(
      "ws",
      "ws-deflate",
      "mantou-dedicated",
      "net",
      ...options,
      json,
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("| ws-deflate |");

    const results = JSON.parse(readFileSync(json, "utf8")) as IdleResults;
    const [ws, deflate, dedicated, net] = results.contestants.map(({ rounds }) => rounds[0]!);
    for (const round of [ws, deflate, dedicated, net]) {
      expect(round!.before).toBeGreaterThan(10e6);
      expect(round!.open).toBeGreaterThan(round!.before);
    }
    // Two zlib streams for each, 128 KiB and more.
    for (const round of [deflate, dedicated]) {
      expect(round!.talked! - round!.open).toBeGreaterThan(100 * 128 * 1024);
    }
    expect(net!.talked).toBeNull();

    const out = join(folder, "page.md");
    expect(runProgram("--markdown", json, "--out", out).status).toBe(0);
    expect(readFileSync(out, "utf8")).toMatch(/^<!-- begin: [^\n]*idle[^\n]*-->\n\n## Idle connections\n/);
  });
});

describe("wrong use", () => {
  it("prints the reason and the usage, with exit code 2", () => {
    const { status, stderr, stdout } = runProgram("deno");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^there is no contestant "deno"/);
    expect(stderr).toContain("--connections N");
    expect(stdout).toBe("");
    expect(runProgram("--markdown", join(folder, "none.json")).stderr).toContain("no such file");
  });
});
