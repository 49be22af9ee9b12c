import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { type EngineKind, found, hasEngines, PROCESS } from "./support/engines.ts";

/** A test that starts an engine, and never stops it. */
const STARTER = `
  const { spawn } = require("node:child_process");
  spawn(process.execPath, process.argv.slice(1), { stdio: ["pipe", "inherit", "inherit"], detached: true });
`;

const KINDS: readonly EngineKind[] = ["postgres", "redis", "nats"];

describe.skipIf(!hasEngines())("an engine", () => {
  it.each(KINDS)("of %s ends, and its folder is gone, when its test is killed", async (kind) => {
    const test = spawn(process.execPath, ["-e", STARTER, PROCESS, kind, found[kind] ?? ""], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<string>((resolve) => {
      test.stdout.setEncoding("utf8").once("data", resolve);
    });
    const { pid, folder } = JSON.parse(line) as { pid: number; folder: string };
    expect([isAlive(pid), existsSync(folder)]).toEqual([true, true]);
    test.kill("SIGKILL");
    await until(() => !isAlive(pid) && !existsSync(folder), "the engine's end");
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
