import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readResults } from "../src/results-file.ts";

/** The built program, killed and started again. */
const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-resumed-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings =
  "--only node:http,raw --rounds 1 --seconds 0.5 --warm-up 0 --repeats 0 --load own --resume".split(" ");
const names = ["hello", "pipelined", "ws-echo"];

function run(file: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = [program, ...settings, file, ...args];
  return spawnSync(process.execPath, command, { encoding: "utf8", timeout: 60_000 });
}

describe("a run that is killed", () => {
  it("is continued: what the file has stays, until it is measured again by name", async () => {
    const file = join(folder, "results.json");
    const harness = spawn(process.execPath, [program, ...names, ...settings, file], { stdio: "ignore" });
    const ended = new Promise((resolve) => harness.on("exit", resolve));
    while (harness.exitCode === null && !existsSync(file))
      await new Promise((resolve) => setTimeout(resolve, 5));
    harness.kill("SIGKILL");
    await ended;
    const { scenarios: kept } = readResults(file);
    expect(kept.length).toBeGreaterThan(0);

    const second = run(file, ...names);
    expect(second.stderr).toBe("");
    expect(second.status).toBe(0);
    const missing = names.length - kept.length;
    expect(second.stdout).toContain(missing === 0 ? "nothing to measure" : `${missing} of 3 scenarios`);
    const complete = readResults(file);
    expect(complete.scenarios.map(({ name }) => name)).toEqual(names);
    expect(complete.scenarios.slice(0, kept.length)).toEqual(kept);

    expect(run(file, "hello", "--redo").status).toBe(0);
    const [hello, ...others] = readResults(file).scenarios;
    expect(hello!.date > complete.scenarios[0]!.date).toBe(true);
    expect(others).toEqual(complete.scenarios.slice(1));

    const refused = run(file, "hello", "--rounds", "2");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /^\S+results\.json cannot take this run: the number of rounds there is 1, /,
    );
    expect(readResults(file).scenarios[0]).toEqual(hello);
  });
});
