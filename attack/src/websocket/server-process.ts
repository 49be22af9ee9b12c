import { type ChildProcessByStdio, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** The child runs the built files, also when a test runs the sources. */
const SCRIPT = fileURLToPath(new URL("../../dist/websocket/server.js", import.meta.url));
/** Milliseconds in which the process replies. */
const REPLY_LIMIT = 30_000;

export interface ServerChoice {
  /** Bun's binary; null for Mantou on this Node.js. */
  readonly bun: string | null;
  readonly transport: "handle" | "stream";
  readonly plain: boolean;
}

let lastPath = 0;

/** A process that runs programs, on Mantou or on Bun. It replies to one question at a time. */
export class ServerProcess {
  readonly isBun: boolean;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  #words = "";
  #ended: string | null = null;

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, isBun: boolean) {
    this.#child = child;
    this.isBun = isBun;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-4_000);
    });
    child.on("exit", (code, signal) => {
      this.#ended = signal ?? `exit ${code}`;
    });
  }

  static async start({ bun, transport, plain }: ServerChoice): Promise<ServerProcess> {
    const args = [SCRIPT, plain ? "plain" : "ours"];
    const child = spawn(bun ?? process.execPath, args, {
      env: { ...process.env, NODE_ENV: "", MANTOU_TRANSPORT: transport === "stream" ? "stream" : "" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const started = new ServerProcess(child, bun !== null);
    await started.#reply("the start");
    return started;
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /** Its output on standard error since the last call. */
  takeWords(): string {
    const words = this.#words;
    this.#words = "";
    return words;
  }

  /** A path for a Unix socket. */
  newPath(): string {
    return join(tmpdir(), `mantou-attack-${process.pid}-${++lastPath}.sock`);
  }

  /** @throws Error when the process ends instead of replying, or is silent */
  async ask<T>(question: string, data: unknown = null): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify([question, data])}\n`);
    return (await this.#reply(question)) as T;
  }

  async #reply(question: string): Promise<unknown> {
    let timer: NodeJS.Timeout;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no reply to "${question}"`)), REPLY_LIMIT);
    });
    const { value, done } = await Promise.race([this.#lines.next(), late]).finally(() => clearTimeout(timer));
    if (done)
      throw new Error(
        `the server ended (${this.#ended ?? "stdout closed"}) at "${question}"\n${this.#words}`,
      );
    return JSON.parse(value);
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#ended !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}
