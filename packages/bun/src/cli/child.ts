import { type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";

/** Signals that end a program and what runs for it. */
export const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The exit code that a shell gives a process which a signal has ended. */
export function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** How a child process ended. */
export interface Ended {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a program with this process's input and output, and passes signals on to it.
 * @throws (rejects) if it cannot be started
 */
export function runChild(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const child = spawn(file, args, { stdio: "inherit", ...options });
  // A terminal sends its signals to both: the child decides.
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ENDING) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      for (const each of ENDING) process.off(each, passOn);
      resolve({ code: code ?? codeOf(signal!), signal });
    });
  });
}
