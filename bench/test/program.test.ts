import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** A built program as it is used: how it ends is the same for all of them. */
const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

function runProgram(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 100_000 });
}

describe("wrong use", () => {
  it("of files and contestants has no stack trace", () => {
    for (const [args, reason] of [
      [["hello", "--only", "ws"], "none of these contestants takes part"],
      [["--markdown", "none.json"], "no such file"],
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

  it("of an unknown commit is one line", () => {
    const { status, stderr } = runProgram("hello", "--compare", "no-such-commit");
    expect(status).toBe(2);
    expect(stderr).toBe('--compare: git knows no commit "no-such-commit"\n');
  });

  it("prints the reason and the usage, with exit code 2", () => {
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

/** Asks until there is a value; the test's own time limit ends it otherwise. */
async function until<T>(ask: () => T | undefined): Promise<T> {
  for (;;) {
    try {
      const value = ask();
      if (value !== undefined) return value;
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
