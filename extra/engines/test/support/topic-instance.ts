import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "@mantou/testing/free-port";
import { tempDir } from "@mantou/testing/temp-dir";

const PROGRAM = fileURLToPath(new URL("topic-process.mjs", import.meta.url));
const CWD = fileURLToPath(new URL("../..", import.meta.url));

const MANTOU = fileURLToPath(new URL("../../../../packages/bun/dist/cli/main.js", import.meta.url));

export interface TopicInstanceOptions {
  /** One that was free before: that of an instance which has ended. */
  readonly port?: number;
  /** So many processes of `mantou --workers` in place of one by itself. */
  readonly workers?: number;
}

/** A server with a history topic, in a process of its own, or in workers. */
export class TopicInstance {
  port = 0;
  /** Processes that have reached the engine so far. */
  started = 0;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #wake: () => void = () => {};

  private constructor(engine: string, port: number, workers: number) {
    const command = workers === 0 ? [PROGRAM] : [MANTOU, "--workers", String(workers), PROGRAM];
    this.#child = spawn(process.execPath, [...command, engine], {
      cwd: CWD,
      env: {
        ...process.env,
        PORT: String(port),
        NODE_NO_WARNINGS: "1",
        MANTOU_TEST_PID: String(process.pid),
        // Workers that are killed leave the folder of their hub.
        ...(workers > 0 && { TMPDIR: tempDir() }),
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#ended = once(this.#child, "close");
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.port = (JSON.parse(line) as { port: number }).port;
      this.started++;
      this.#wake();
    });
  }

  /** Starts it, and waits until it has reached the engine. */
  static async start(engine: string, options: TopicInstanceOptions = {}): Promise<TopicInstance> {
    const { port = await freePort(), workers = 0 } = options;
    const instance = new TopicInstance(engine, port, workers);
    await instance.untilStarted(Math.max(workers, 1));
    return instance;
  }

  /** Waits until so many processes have reached the engine, those that have ended since included. */
  async untilStarted(processes: number): Promise<void> {
    const failed = this.#ended.then(() => {
      throw new Error("an instance has ended");
    });
    failed.catch(() => {});
    while (this.started < processes) {
      const more = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([more, failed]);
    }
  }

  /** Has its workers replaced one by one. */
  reload(): void {
    this.#child.kill("SIGHUP");
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Publishes a message. @returns its position, when the engine has it */
  async publish(text: string): Promise<string> {
    const response = await fetch(this.url, { method: "POST", body: text });
    return response.text();
  }

  async publishPlain(text: string): Promise<void> {
    await fetch(`${this.url}plain`, { method: "POST", body: text });
  }

  /** As a deployment does. @returns the exit code */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    await this.#ended;
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
