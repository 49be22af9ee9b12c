import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@mantou/testing/wait";
import { afterEach, beforeEach, expect } from "vitest";

/** The built command. */
export const MAIN: string = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A running `mantou`, its output, and its exit code once it has ended. */
export interface Running {
  readonly child: ChildProcess;
  output: string;
  code: number | null | undefined;
}

/** A folder for each test, in which `mantou` runs. Its processes end with the test. Each test file makes one of its own. */
export class CommandFolder {
  #path = "";
  readonly #children = new Set<ChildProcess>();

  constructor() {
    beforeEach(() => {
      this.#path = mkdtempSync(join(tmpdir(), "mantou-cli-"));
    });
    afterEach(() => {
      for (const child of this.#children) child.kill("SIGKILL");
      this.#children.clear();
      rmSync(this.#path, { recursive: true, force: true });
    });
  }

  /** Writes a file by its path in the folder. */
  write(name: string, source: string): void {
    const path = join(this.#path, name);
    mkdirSync(dirname(path), { recursive: true });
    // Another process that watches the file sees it whole, however long this one stands still meanwhile.
    writeFileSync(`${this.#path}.new`, source);
    renameSync(`${this.#path}.new`, path);
  }

  /** Makes a symbolic link; the target is relative to its folder. */
  link(name: string, target: string): void {
    const path = join(this.#path, name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  }

  mantou(...args: string[]): Running {
    return this.run(process.execPath, [MAIN, ...args]);
  }

  /** Runs another program in the folder. */
  run(program: string, args: readonly string[]): Running {
    const env = { ...process.env, NODE_NO_WARNINGS: "1" };
    const child = spawn(program, args, { cwd: this.#path, env });
    this.#children.add(child);
    const running: Running = { child, output: "", code: undefined };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => (running.output += String(bytes)));
    child.on("close", (code) => {
      running.code = code;
    });
    return running;
  }
}

/** Waits for the address that it prints. */
export async function listening(running: Running): Promise<string> {
  const found = (): string | undefined => /Listening on (\S+)/.exec(running.output)?.[1];
  await until(() => found() !== undefined || running.code !== undefined, "listening");
  expect(found(), running.output).toBeDefined();
  return found()!;
}

export function printed(running: Running, text: string, times = 1): Promise<void> {
  return until(() => running.output.split(text).length > times, `${text}, ${times} times`);
}

export async function ended(running: Running): Promise<number | null> {
  await until(() => running.code !== undefined, "ended");
  return running.code!;
}

export async function get(url: string): Promise<string> {
  return (await fetch(url)).text();
}
