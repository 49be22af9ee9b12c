import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MANTOU = fileURLToPath(new URL("../../../../packages/bun/dist/cli/main.js", import.meta.url));

/** What an instance is to publish: a line of JSON on its standard input. */
interface Order {
  readonly topic: string;
  readonly count: number;
}

/** An instance in a process of its own, under `mantou`, which can be stopped and killed. It prints reports, a line of JSON each. */
export abstract class RemoteProcess<Report> {
  readonly id: string;
  /** How many messages it was told to publish, by topic. */
  readonly published = new Map<string, number>();
  readonly #child: ChildProcess;
  #wake: (() => void)[] = [];

  /** @param program of this folder, which gets the other parameters */
  protected constructor(program: string, id: string, url: string, topics: readonly string[]) {
    this.id = id;
    const path = fileURLToPath(new URL(program, import.meta.url));
    this.#child = spawn(process.execPath, [MANTOU, path, id, url, JSON.stringify(topics)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    // It may be killed in the midst of a write.
    this.#child.stdin!.on("error", () => {});
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.take(JSON.parse(line) as Report);
      const wake = this.#wake;
      this.#wake = [];
      for (const resolve of wake) resolve();
    });
  }

  protected abstract take(report: Report): void;

  publish(topic: string, count = 1): void {
    this.published.set(topic, (this.published.get(topic) ?? 0) + count);
    this.#child.stdin!.write(`${JSON.stringify({ topic, count } satisfies Order)}\n`);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Kills it, and waits for its end. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      this.#child.once("close", () => resolve());
      this.#child.kill("SIGKILL");
    });
  }
}

/** The other side: reads what to publish. The process ends with the test, in whichever way that ends. */
export function readOrders(publish: (topic: string, count: number) => void): void {
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const { topic, count } = JSON.parse(line) as Order;
      publish(topic, count);
    })
    .on("close", () => process.exit());
}
