import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../src/results.ts";

/** The built program as it is used, on contestants that need no download. */
const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runProgram(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 100_000 });
}

describe("a run", () => {
  it("measures servers over HTTP and WebSocket, writes the numbers and makes a page of them", () => {
    const json = join(folder, "run.json");
    const times = "--rounds 1 --seconds 1 --warm-up 0 --repeats 0 --load own".split(" ");
    const { status, stdout } = runProgram(
      ..."pipelined ws-echo-16 ws-echo-1m-binary chat-16-deflate topics-1000 upgrades --only raw,ws,node:http".split(
        " ",
      ),
      ...times,
      "--json",
      json,
    );
    expect(stdout).toContain("chat-16-deflate: compressed chat room of 16 clients");
    expect(status).toBe(0);

    const results = JSON.parse(readFileSync(json, "utf8")) as Results;
    const names = results.scenarios.map((scenario) =>
      scenario.contestants.map((contestant) => contestant.name),
    );
    expect(names).toEqual([["node:http", "raw"], ["ws", "raw"], ["ws", "raw"], ["ws"], ["ws"], ["ws"]]);
    for (const { contestants } of results.scenarios) {
      for (const { name, rounds } of contestants) {
        expect(rounds, name).toHaveLength(1);
        expect(rounds[0]?.rate, name).toBeGreaterThan(0);
        expect(rounds[0]?.cpuMicroseconds, name).toBeGreaterThan(0);
        expect(rounds[0]?.peakMemory, name).toBeGreaterThan(10e6);
        expect(rounds[0]?.p99Microseconds, name).toBeGreaterThanOrEqual(rounds[0]!.p50Microseconds);
      }
    }
    expect(results.versions).toMatchObject({ node: process.versions.node, ws: "8.23.0" });

    const out = join(folder, "page.md");
    expect(runProgram("--markdown", json, "--out", out).status).toBe(0);
    expect(readFileSync(out, "utf8")).toContain("### ws-echo-16");
    const drawn = [...readFileSync(out, "utf8").matchAll(/!\[[^\]]+\]\((charts\/[^)]+)\)/g)];
    expect(drawn).toHaveLength(2);
    for (const [, path] of drawn) expect(readFileSync(join(folder, path!), "utf8")).toMatch(/^<svg /);
  });
});

describe("a run of HTTP", () => {
  it("sends content, opens TLS connections anew, and measures latencies under a fixed rate", () => {
    const json = join(folder, "http.json");
    const args =
      "json tls-handshakes --latency --only node:http --rounds 1 --seconds 1 --warm-up 0 --repeats 0 --load own";
    const { status, stdout } = runProgram(...args.split(" "), "--json", json);
    expect(stdout).toContain("at 70 % of the base's rate");
    expect(status).toBe(0);
    const results = JSON.parse(readFileSync(json, "utf8")) as Results;
    const [withContent, handshakes] = results.scenarios.map(({ contestants }) => contestants[0]);
    expect(withContent?.paced?.rounds[0]?.p99Microseconds).toBeGreaterThan(0);
    expect(withContent?.paced?.rounds[0]?.loadLateMicroseconds).toBeGreaterThan(0);
    expect(handshakes?.rounds[0]?.rate).toBeGreaterThan(0);
    expect(handshakes?.paced).toBeUndefined();
  });
});
