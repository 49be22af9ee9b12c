/** The process as Bun shows it. */
import { isatty } from "node:tty";
import { isMainThread } from "node:worker_threads";
import { virtualPath } from "../loader/resolve/virtual-module.ts";

export { isMainThread };

/** The version of Bun that this follows. */
export const version = "1.4.5";
/** The commit of that version. */
export const revision = "a7733435cf40429e3b35c36072769df2052b80f1";
/** No program is compiled into one file. */
export const isStandaloneExecutable = false;
/** Whether the terminal shows colours, or the environment asks for them. */
export const enableANSIColors: boolean = hasColors();
export const embeddedFiles: readonly Blob[] = [];

export const env: NodeJS.ProcessEnv = process.env;
export const argv: string[] = process.argv;
/** Path of the program. */
export const main: string = mainPath();

/** Code of the command line stands in no file, and is not among the arguments. */
export function mainPath(): string {
  return virtualPath() ?? process.argv[1] ?? "";
}

function hasColors(): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return (NO_COLOR ?? "") === "" && process.env["TERM"] !== "dumb" && isatty(1);
}

/**
 * Collects garbage if `force` is set and Node.js runs with `--expose-gc`. Otherwise it does nothing: Node.js collects by itself.
 * @returns bytes of the heap in use
 */
export function gc(force = false): number {
  if (force) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Does nothing: Node.js gives memory back by itself. */
export function shrink(): void {}
