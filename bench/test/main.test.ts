import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 25_000 });
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
      "json tls-handshakes --latency --only node:http --rounds 1 --seconds 1 --warm-up 0 --repeats 0";
    const { status, stdout } = runProgram(...args.split(" "), "--json", json);
    expect(stdout).toContain("at 70 % of its own rate");
    expect(status).toBe(0);
    const results = JSON.parse(readFileSync(json, "utf8")) as Results;
    const [withContent, handshakes] = results.scenarios.map(({ contestants }) => contestants[0]);
    expect(withContent?.paced?.rounds[0]?.p99Microseconds).toBeGreaterThan(0);
    expect(handshakes?.rounds[0]?.rate).toBeGreaterThan(0);
    expect(handshakes?.paced).toBeUndefined();
  });
});

describe("wrong use", () => {
  it("of files and contestants is told without a stack trace", () => {
    for (const [args, reason] of [
      [["hello", "--only", "ws"], "none of these contestants takes part"],
      [["--markdown", join(folder, "none.json")], "no such file"],
      [
        ["--markdown", fileURLToPath(new URL("../package.json", import.meta.url))],
        "is not written by --json",
      ],
    ] as const) {
      const { status, stderr } = runProgram(...args);
      expect(status).toBe(2);
      expect(stderr.split("\n")[0]).toContain(reason);
      expect(stderr).not.toContain("    at ");
    }
  });

  it("is answered by the reason, the usage and exit code 2", () => {
    const { status, stderr, stdout } = runProgram("hello", "--rounds", "many");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^--rounds is a whole number from 1 to 100, not "many"\n/);
    expect(stderr).toContain("--only a,b");
    expect(stdout).toBe("");
  });
});

/** Starts a long run and waits until it has both a server and a load, whose process ids it gives. */
async function startLongRun(): Promise<{ harness: ChildProcess; children: number[] }> {
  const args = "hello --only net --rounds 1 --seconds 60 --warm-up 0 --load own".split(" ");
  const harness = spawn(process.execPath, [program, ...args], { stdio: "ignore" });
  const list = `/proc/${harness.pid}/task/${harness.pid}/children`;
  return until(() => {
    const children = readFileSync(list, "utf8").trim().split(" ").filter(Boolean).map(Number);
    const commands = children.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    const both = ["servers/net.js", "load/http-client.js"].every((file) => {
      return commands.some((command) => command.includes(file) && !command.startsWith("taskset"));
    });
    return both ? { harness, children } : undefined;
  });
}

/** Asks again and again until there is an answer; the test's own time limit ends it otherwise. */
async function until<T>(ask: () => T | undefined): Promise<T> {
  for (;;) {
    try {
      const answer = ask();
      if (answer !== undefined) return answer;
    } catch {
      // A process that ended between being listed and being read.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("whatever ends the harness", () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const) {
    it(`leaves nothing running (${signal})`, async () => {
      const { harness, children } = await startLongRun();
      const ended = new Promise((resolve) => harness.on("exit", resolve));
      harness.kill(signal);
      expect(await ended).toBe(code);
      await until(() => (children.some((pid) => isRunning(pid)) ? undefined : true));
      expect(children.filter(isRunning)).toEqual([]);
    });
  }
});

/** A process that ended but was not waited for by its new parent has no memory left; it counts as gone. */
function isRunning(pid: number): boolean {
  const path = `/proc/${pid}/status`;
  return existsSync(path) && /^VmRSS:/m.test(readFileSync(path, "utf8"));
}
