import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A script that runs in Bun, and speaks in lines of JSON. */
export interface BunScript {
  readonly child: ChildProcess;
  /** The next line that it writes. Rejects if it ends before. */
  line(): Promise<unknown>;
}

/** Starts `bun/<name>` of this folder. Kill `child` when done. */
export function startBun(binary: string, name: string, ...args: string[]): BunScript {
  const script = fileURLToPath(new URL(`./bun/${name}`, import.meta.url));
  const child = spawn(binary, ["run", script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} has ended`);
      return JSON.parse(value);
    },
  };
}
