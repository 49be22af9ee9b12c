import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "@mantou/testing/bun";
import { freePort } from "@mantou/testing/free-port";
import { until } from "@mantou/testing/wait";

const MAIN = fileURLToPath(new URL("../../../../packages/bun/dist/cli/main.js", import.meta.url));
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const bun = findBun();

export interface Runtime {
  readonly name: string;
  /** The text of a program `bun`, for the folder that is in PATH. */
  readonly shim: string;
}

const shimOf = (...command: readonly string[]): string =>
  `#!/bin/sh\nexec ${command.map((part) => `'${part}'`).join(" ")} "$@"\n`;

/** Bun is asked once, by the first line of a matrix. */
export const RUNTIMES: readonly Runtime[] = [
  ...(bun === null || process.env["MANTOU_WITHOUT_BUN"] === "1"
    ? []
    : [{ name: "on Bun", shim: shimOf(bun) }]),
  { name: "under mantou", shim: shimOf(process.execPath, MAIN) },
];

export type Files = Readonly<Record<string, string>>;

/** A program of a guide in a folder of its own. */
export class Program {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "mantou-guide-")));
  readonly #environment: Readonly<Record<string, string>>;
  readonly #children: Set<ChildProcess> = new Set();
  prints = "";

  constructor({ shim }: Runtime, files: Files, env: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    symlinkSync(MODULES, join(this.folder, "node_modules"));
    this.write("bin/bun", shim);
    chmodSync(join(this.folder, "bin/bun"), 0o755);
    const { PATH = "", HOME = "" } = process.env;
    this.#environment = {
      ...{ PATH: `${join(this.folder, "bin")}:${PATH}`, HOME, NO_COLOR: "1", NODE_NO_WARNINGS: "1", ...env },
    };
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  start(...args: readonly string[]): ChildProcess {
    const child = spawn(join(this.folder, "bin/bun"), args, {
      cwd: this.folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.prints += text;
      });
    }
    return child;
  }

  /** Runs it to its end. @returns what it has printed, and its exit code in the last line */
  async run(...args: readonly string[]): Promise<string> {
    const child = this.start(...args);
    this.prints = "";
    const code = await new Promise((resolve) => child.on("close", resolve));
    return `${this.prints.replaceAll(this.folder, "<folder>")}exit ${String(code)}`;
  }

  /** Sends a signal to its first process. */
  signal(name: NodeJS.Signals): void {
    [...this.#children][0]?.kill(name);
  }

  async end(): Promise<void> {
    const ended = [...this.#children].map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) resolve();
          else child.once("exit", () => resolve());
          child.kill("SIGKILL");
        }),
    );
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts a server of a guide, and waits until it accepts connections. The block's own port is replaced by a free one. */
export async function serving<T>(
  runtime: Runtime,
  files: Files,
  args: readonly string[],
  talk: (origin: string, program: Program, port: number) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const placed = Object.entries(files).map(([name, text]) => [name, withPort(text, port)]);
  const program = new Program(runtime, Object.fromEntries(placed) as Files, { PORT: String(port) });
  try {
    program.start(...args);
    const answers = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) }).then(
        async (response) => {
          await response.body?.cancel();
          return true;
        },
        (error: Error & { cause?: { code?: string } }) => error.cause?.code !== "ECONNREFUSED",
      );
    await until(answers, `the server's first answer; it prints: ${program.prints}`);
    return await talk(`http://127.0.0.1:${port}`, program, port);
  } finally {
    await program.end();
  }
}

const withPort = (text: string, port: number): string =>
  text.replace(/\b(port: |port = |listen\()\d{4}\b/, (_, before: string) => `${before}${port}`);

/** Status, type and text of a response. */
export async function said(
  url: string,
  init?: RequestInit,
): Promise<readonly [number, string | null, string]> {
  const response = await fetch(url, { redirect: "manual", ...init });
  // Names of character sets have no case (RFC 9110, 8.3.2).
  const type = response.headers.get("content-type")?.replace("UTF-8", "utf-8") ?? null;
  // `Response.json()` gives JSON no character set (RFC 8259, 11): see docs/differences-from-bun.md.
  if (type?.startsWith("application/json"))
    return [response.status, "application/json", await response.text()];
  return [response.status, type, await response.text()];
}
