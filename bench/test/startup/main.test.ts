import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import type { StartupResults } from "../../src/startup/results.ts";

/** The built program as it is used, on contestants that need no download. */
const program = fileURLToPath(new URL("../../dist/startup/main.js", import.meta.url));

it("starts programs cold and warm, and makes a section of the numbers", () => {
  const folder = mkdtempSync(join(tmpdir(), "bench-startup-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  const json = join(folder, "results.json");
  expect(run("mantou", "node", "parts", "import", "--rounds", "1", "--json", json)).toContain("| mantou |");
  const { contestants } = JSON.parse(readFileSync(json, "utf8")) as StartupResults;
  const counts = contestants.map(({ name, cold, warm }) => [name, cold?.length, warm.length]);
  expect(counts).toEqual([
    ["mantou", 1, 1],
    ["node", undefined, 1],
    ["parts", undefined, 1],
    ["import", undefined, 1],
  ]);
  for (const { taken } of contestants.slice(2)) {
    expect(taken).toHaveLength(1);
    expect(taken![0]!.cpu).toBeGreaterThan(10);
    expect(taken![0]!.memory).toBeGreaterThan(20e6);
  }
  const page = join(folder, "page.md");
  run("--markdown", json, "--out", page);
  expect(readFileSync(page, "utf8")).toContain("## From the start to the first response");
});
