import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const dist = new URL("../dist/", import.meta.url);

/** What became of a process that ended. */
export type Ended = { code: number | null; stdout: string; stderr: string };

/** `node dist/main.js`, or another program of `dist`, the way a user starts it, with some environment variables of its own. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";

  constructor(env: Record<string, string>, program = "main.js") {
    // The Node that runs the tests also runs what is tested.
    this.child = spawn(process.execPath, [fileURLToPath(new URL(program, dist))], {
      env: { ...process.env, HOST: "", PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  /**
   * Waits until the server says where it listens.
   *
   * @throws where it ends before it does.
   */
  async address(): Promise<URL> {
    const [, address] = await this.#printed(/^The chat is at (http:\S+)\n/m);
    return new URL(address!);
  }

  /**
   * Waits until both workers of `cluster.js` listen, and returns their processes.
   *
   * @throws where it ends before they do.
   */
  async workers(): Promise<[number, number]> {
    const [, first, second] = await this.#printed(/^Its processes are (\d+) and (\d+)\.\n/m);
    return [Number(first), Number(second)];
  }

  async #printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#stdout);
      if (found !== null) return found;
      const more = new Promise((resolve) => this.child.stdout?.once("data", resolve));
      const end = await Promise.race([more, this.ended.then((ended) => ({ ended }))]);
      if (typeof end === "object" && end !== null && "ended" in end) {
        throw new Error(`The server ended before it printed ${pattern}: ${JSON.stringify(end.ended)}`);
      }
    }
  }

  /** Asks the process to stop, and waits until it has. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<Ended> {
    this.child.kill(signal);
    return await this.ended;
  }

  /** Makes sure that no test leaves a process behind. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}
