import { type SpawnOptions, spawn } from "node:child_process";
import { isatty } from "node:tty";
import { exitCodeOf } from "../process/signals.ts";
import { closeChannel, passMessages } from "./channel.ts";

/** The variable that marks a process which this command has started: with options of Node.js, as a worker, or to be watched. */
export const CHILD = "MANTOU_CHILD";

/** Signals that end a program and what runs for it. */
export const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Ends this process as another one has ended: a shell, and what has started this one, see the same. */
export function endAs({ code, signal }: Ended): void {
  if (signal === null) process.exitCode = code;
  else endBySignal(signal);
}

/** As in Bun, the system ends the process, as if nothing had listened to the signal. */
export function endBySignal(signal: NodeJS.Signals): void {
  process.exitCode = exitCodeOf(signal);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** How a child process ended. */
export interface Ended {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a program with this process's input and output, and passes signals on to it. As with npm, its own children get only what a terminal sends them: in a
 * process group of their own they would lose the terminal. A child with a channel has that of this process.
 * @throws (rejects) if it cannot be started
 */
export function runChild(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const child = spawn(file, args, { stdio: "inherit", ...options });
  const messages = passMessages(child);
  if (child.channel !== undefined) void messages.then(closeChannel);
  const passOn = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the child, too. Many programs stop at once when it comes twice.
    if (signal !== "SIGINT" || !isatty(0)) child.kill(signal);
  };
  for (const signal of ENDING) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      for (const each of ENDING) process.off(each, passOn);
    };
    child.on("error", (error) => {
      // A signal that cannot be sent is an error, too: the child goes on.
      if (child.pid !== undefined) return;
      settle();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      settle();
      // A signal ends this process at once: the child's last messages leave before.
      void messages.then(() => resolve({ code: code ?? exitCodeOf(signal!), signal }));
    });
  });
}

/**
 * The listening sockets that systemd has given to this process, for a process that runs the program in its place.
 *
 * @param first the number of the first descriptor in the other process
 * @returns the descriptors for its `stdio`, and the variable that names them
 * @throws Error that names the variable, for values that systemd does not write
 */
export async function givenSockets(
  first: number,
): Promise<{ readonly descriptors: number[]; readonly env: NodeJS.ProcessEnv }> {
  if (process.env["LISTEN_FDS"] === undefined) return { descriptors: [], env: {} };
  const { takeListenFds, socketsVariable } = await import("@mantou/serve/hosting");
  const sockets = takeListenFds();
  return { descriptors: sockets.map(({ fd }) => fd), env: socketsVariable(sockets, first, null) };
}
