import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@mantou/testing/wait";
import { fillIn, type Script } from "./script.ts";

const programs = fileURLToPath(new URL("../../", import.meta.url));

/** The built command. */
const MAIN = fileURLToPath(new URL("../../../../packages/bun/dist/cli/main.js", import.meta.url));

/** What runs a program. */
export interface Runtime {
  readonly binary: string;
  readonly args: readonly string[];
}

export const MANTOU: Runtime = { binary: process.execPath, args: [MAIN] };

/** Milliseconds a program has to end after SIGTERM. Its clients have left by then. */
const ENDS_WITHIN = 20_000;

/** A running program. */
export class Program {
  readonly temp: string = mkdtempSync(join(tmpdir(), "mantou-extra-"));
  readonly #child: ChildProcess;
  #prints = "";
  #complains = "";
  #ended = false;

  constructor(name: string, script: Script, runtime: Runtime) {
    const { PATH = "", HOME = "", MANTOU_TRANSPORT = "" } = process.env;
    const own = fillIn(script.env ?? {}, new Map([["temp", this.temp]]));
    this.#child = spawn(runtime.binary, [...runtime.args, ...script.command], {
      cwd: join(programs, name),
      env: { PATH, HOME, MANTOU_TRANSPORT, NO_COLOR: "1", NODE_NO_WARNINGS: "1", PORT: "0", ...own },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#prints += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#complains += text));
    this.#child.on("close", () => (this.#ended = true));
  }

  /** Its standard output. */
  get prints(): string {
    return this.#prints;
  }

  /** Its standard error. */
  get complains(): string {
    return this.#complains;
  }

  /** Waits for the address that it prints. @returns the port */
  async listening(): Promise<number> {
    const found = (): string | undefined => /https?:\/\/[^\s:/]+:(\d+)/.exec(this.#prints)?.[1];
    await until(() => found() !== undefined || this.#ended, "an address");
    const port = found();
    if (port === undefined) throw new Error(`It ended.\n${this.#prints}\n${this.#complains}`);
    return Number(port);
  }

  async end(): Promise<void> {
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), ENDS_WITHIN);
    await until(() => this.#ended, "the program's end");
    clearTimeout(late);
    rmSync(this.temp, { recursive: true, force: true });
  }
}
