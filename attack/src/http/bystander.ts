import type net from "node:net";
import { connect, connected } from "../connect.ts";
import type { Target } from "../target.ts";

/** Milliseconds between an answer and the next request. */
const PACE = 10;

/** Another client of the same server, which asks one request after the other, and notes how long it waits. */
export class Bystander {
  readonly #socket: net.Socket;
  #asked = 0;
  #longest = 0;
  #answered = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on("data", () => this.#answer());
    socket.on("close", () => this.#wake());
    this.#ask();
  }

  static async start(target: Target): Promise<Bystander> {
    return new Bystander(await connected(connect(target)));
  }

  /** The longest wait since it was last asked for, in ms; one that is not over counts so far. */
  takeLongest(): number {
    const now = this.#asked === 0 ? 0 : performance.now() - this.#asked;
    const longest = Math.max(this.#longest, now);
    this.#longest = 0;
    return longest;
  }

  /** Resolves at the next answer to a request that is asked from now on, or after `limit` ms, or if it is cut off. */
  async served(limit: number): Promise<void> {
    const wanted = this.#answered + (this.#asked === 0 ? 1 : 2);
    const end = performance.now() + limit;
    while (this.#answered < wanted && !this.#socket.destroyed && performance.now() < end) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - performance.now());
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  #ask(): void {
    this.#asked = performance.now();
    this.#socket.write("GET /bystander HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  #answer(): void {
    if (this.#asked === 0) return;
    this.#longest = Math.max(this.#longest, performance.now() - this.#asked);
    this.#asked = 0;
    this.#answered++;
    this.#timer = setTimeout(() => this.#ask(), PACE);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
