import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Target } from "./connection.ts";

const HOST = fileURLToPath(new URL("../dist/host.js", import.meta.url));

/** A scenario's server that `serve` has refused to run. */
export interface Failed {
  readonly failed: string;
}

/** A scenario's server that runs in the host. */
export type Started = Target & { readonly run: number; readonly folder: string };

interface Reply {
  readonly id: number;
  readonly error?: string;
}

/** A process that runs the scenarios' servers on one runtime. */
export class RuntimeHost {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (reply: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #errors = "";
  /** Why commands are no longer possible. */
  #ended: Error | null = null;

  /** @param command the binary and the arguments before the host's path; `mode` follows it */
  constructor(binary: string, mode: string) {
    this.#child = spawn(binary, [HOST, mode], {
      // Colours must not depend on the terminal, nor ports on the environment.
      env: { ...process.env, NO_COLOR: "1", NODE_ENV: "", PORT: "", BUN_PORT: "", NODE_PORT: "" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-4_000);
    });
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#reply(line));
    this.#child.on("close", (code) => {
      this.#ended = new Error(`the host ended with ${code}\n${this.#errors}`);
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
    });
    // The end of the process reports what could not be written.
    this.#child.stdin!.on("error", () => {});
  }

  start(area: string, name: string): Promise<Started | Failed> {
    return this.#ask({ do: "start", area, name });
  }

  signal(run: number, signal: string): Promise<unknown> {
    return this.#ask({ do: "signal", run, signal });
  }

  /** Resolves when the server has made that many notes, or its time is over. */
  async notes(run: number, count: number): Promise<unknown[]> {
    return (await this.#ask<{ notes: unknown[] }>({ do: "notes", run, count })).notes;
  }

  async stop(run: number): Promise<unknown[]> {
    return (await this.#ask<{ notes: unknown[] }>({ do: "stop", run })).notes;
  }

  async close(): Promise<void> {
    if (this.#ended !== null) return;
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin!.end();
    await closed;
  }

  #ask<T>(command: object): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin!.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  #reply(line: string): void {
    // A scenario, or Bun itself, may print something else.
    if (!line.startsWith('{"id":')) return;
    const reply = JSON.parse(line) as Reply;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.error === undefined) waiting?.resolve(reply as never);
    else waiting?.reject(new Error(reply.error));
  }
}
