import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Settings, Transport } from "./attack.ts";
import type { Vitals } from "./child/program.ts";

/** The child runs the built files, also when a test runs the sources. */
const DIST = new URL("../dist/", import.meta.url);
const CHILD = fileURLToPath(new URL("child/main.js", DIST));

/** Milliseconds in which the child replies. */
const REPLY_LIMIT = 20_000;

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** A server under attack, which runs in a process of its own, so that its death is seen. */
export class Target {
  readonly port: number;
  readonly transport: Transport;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #words = "";
  /** How it ended; null while it lives. */
  #ended: string | null = null;
  /** Resolves with the way it ended. */
  readonly ended: Promise<string>;

  private constructor(child: ChildProcess, port: number, transport: Transport) {
    this.#child = child;
    this.port = port;
    this.transport = transport;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-4_000);
    });
    child.on("message", (message: { id: number; value?: unknown; error?: string }) => this.#onReply(message));
    this.ended = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.#ended = signal ?? `exit ${code}`;
        for (const { reject } of this.#waiting.values()) reject(this.#deadError());
        this.#waiting.clear();
        resolve(this.#ended);
      });
    });
  }

  /**
   * @param program path of the program's module below `dist/`: "http/program.js"
   * @param flags of Node.js, as `--max-old-space-size=256`
   */
  static async start(
    program: string,
    { transport, plain }: Pick<Settings, "transport" | "plain">,
    flags: readonly string[] = [],
  ): Promise<Target> {
    const child = fork(CHILD, [new URL(program, DIST).href, transport, plain ? "plain" : "ours"], {
      execArgv: [...flags],
      env: { ...process.env, NODE_ENV: "", MANTOU_TRANSPORT: transport === "stream" ? "stream" : "" },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const port = await new Promise<number>((resolve, reject) => {
      let words = "";
      child.stderr?.on("data", (text) => {
        words += text;
      });
      child.once("message", (message: { port: number }) => resolve(message.port));
      child.once("error", reject);
      child.once("close", (code) =>
        reject(new Error(`the server ended with ${code} before it listened\n${words}`)),
      );
    });
    child.stderr?.removeAllListeners("data");
    return new Target(child, port, transport);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /** Its last output on standard error. */
  get words(): string {
    return this.#words;
  }

  /** @throws Error when the process ends instead of replying, or is silent */
  ask<T>(question: string, data: unknown = null): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#deadError());
    const id = ++this.#lastId;
    const reply = new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // The end of the process reports the error.
      this.#child.send({ id, question, data }, () => {});
    });
    let limit: NodeJS.Timeout;
    const late = new Promise<never>((_, reject) => {
      limit = setTimeout(() => reject(new Error(`no reply to "${question}"`)), REPLY_LIMIT);
    });
    return Promise.race([reply, late]).finally(() => clearTimeout(limit));
  }

  /** The process's measurements. It collects its garbage before. */
  vitals(): Promise<Vitals> {
    return this.ask("vitals");
  }

  /** Resets the peaks (memory, longest turn). */
  resetPeaks(): Promise<void> {
    return this.ask("reset");
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    // It exits by itself, and cleans up, unless its event loop stands still.
    if (this.#child.connected) this.#child.send({ id: 0, question: "exit", data: null }, () => {});
    const limit = setTimeout(() => this.#child.kill("SIGKILL"), 1_000);
    await this.ended;
    clearTimeout(limit);
  }

  #onReply({ id, value, error }: { id: number; value?: unknown; error?: string }): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value as never);
    else waiting?.reject(new Error(error));
  }

  #deadError(): Error {
    return new Error(`the server ended: ${this.#ended}\n${this.#words}`);
  }
}
