import { type ChildProcess, spawn } from "node:child_process";
import { until } from "./wait.ts";

/** How a program is started. */
export interface Start {
  readonly binary?: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs, and what it prints. */
export class Program {
  readonly #child: ChildProcess;
  printed = "";
  #ended = false;

  /** The environment has no `NODE_ENV` of the test, and no `NODE_PATH` of the package manager that runs it. */
  constructor({ binary = process.execPath, args, cwd, env: given }: Start) {
    const { NODE_ENV: _, VITEST: __, NODE_OPTIONS: ___, NODE_PATH: ____, ...env } = process.env;
    const child = spawn(binary, args, { cwd, env: { ...env, NO_COLOR: "1", ...given } });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.printed += text;
      });
    child.once("close", () => {
      this.#ended = true;
    });
    this.#child = child;
  }

  async prints(text: string | RegExp): Promise<RegExpExecArray> {
    const wanted = new RegExp(text);
    await until(() => wanted.test(this.printed) || this.#ended, `${wanted} in ${this.printed}`);
    const found = wanted.exec(this.printed);
    if (found === null) throw new Error(`it ended without ${wanted}:\n${this.printed}`);
    return found;
  }

  /** The rest of the line behind `Listening`. */
  async listening(): Promise<string> {
    return (await this.prints(/^Listening(?: on)? ?(.*)$/m))[1]!;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
