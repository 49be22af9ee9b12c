import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@mantou/testing/wait";

/** Gives a project the packages, as if they were installed. */
export function install(dir: string): void {
  const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
  mkdirSync(join(dir, "node_modules/@mantou"), { recursive: true });
  symlinkSync(join(modules, "vite"), join(dir, "node_modules/vite"));
  symlinkSync(join(modules, "@mantou/serve"), join(dir, "node_modules/@mantou/serve"));
  symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(dir, "node_modules/@mantou/html"));
}

/** A program of a project, and what it prints. */
export class Program {
  readonly #child: ChildProcess;
  printed = "";
  #ended = false;

  constructor(dir: string, args: readonly string[]) {
    const { NODE_ENV: _, VITEST: __, ...env } = process.env;
    const child = spawn(process.execPath, args, { cwd: dir, env: { ...env, NO_COLOR: "1" } });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        this.printed += String(bytes);
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
