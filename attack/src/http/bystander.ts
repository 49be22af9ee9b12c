import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Target } from "../target.ts";

const WORKER = fileURLToPath(new URL("../../dist/http/bystander-worker.js", import.meta.url));

/** Another client of the same server. It sends one request after the other, and measures its waits. */
export class Bystander {
  readonly #worker: Worker;
  #served = 0;
  #refusal: string | null = null;
  #waiting: (() => void)[] = [];
  #tell: ((longest: number) => void)[] = [];

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: number | "served" | { why: string }) => {
      if (typeof message === "number") this.#tell.shift()?.(message);
      else if (message !== "served") this.#lost(message.why);
      else {
        this.#served++;
        this.#wake();
      }
    });
    worker.on("error", ({ message }) => this.#lost(message));
    worker.on("exit", () => this.#lost("its thread has ended"));
  }

  static start({ port, transport, pid }: Target): Bystander {
    return new Bystander(new Worker(WORKER, { workerData: { port, transport, pid } }));
  }

  /** Why it is not served: the server refuses its connections, or responds with an error. Null as long as it is. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** The longest wait since the last call, in ms; a wait that is not over counts so far. One that is refused does not wait. */
  takeLongest(): Promise<number> {
    if (this.#refusal !== null) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.#tell.push(resolve);
      this.#worker.postMessage("take");
    });
  }

  /** Resolves at the next response to a request that is sent from now on, or after `limit` ms, or if it is refused. */
  async served(limit: number): Promise<void> {
    const wanted = this.#served + 2;
    const end = performance.now() + limit;
    while (this.#served < wanted && this.#refusal === null && performance.now() < end) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - performance.now());
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #lost(why: string): void {
    this.#refusal ??= why;
    this.#wake();
    for (const tell of this.#tell) tell(0);
    this.#tell = [];
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
