import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Every process the harness has started and that has not ended, with the function that ends it. None may outlive it. */
const running = new Map<ChildProcess, () => void>();

/** Milliseconds a server may take until it listens, or replies to a question. */
const replyLimit = 15_000;

/** Where everything is started: packages named on a runtime's command line are resolved from here. */
const folder = fileURLToPath(new URL("..", import.meta.url));

/** Ends everything at once; safe to call at any time, from a signal's handler too. */
export function killAll(): void {
  for (const kill of running.values()) kill();
}

/** How a process differs from the others. */
export interface StartOptions {
  /** The folder it is started in (default: this `bench`). */
  readonly folder?: string | undefined;
  /** Whether it starts processes of its own, which then end with it. */
  readonly family?: boolean;
}

/** A command that did not end well. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** Everything it printed to its standard output. */
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly kill: () => void;
  /** Resolves when the process is gone and its output read; rejects when it could not be started. */
  readonly ended: Promise<string>;
  readonly output: () => string;
  readonly complaints: () => string;
}

function start(command: readonly string[], options: StartOptions = {}): Started {
  const [program = "", ...rest] = command;
  const family = options.family === true;
  const child = spawn(program, rest, {
    cwd: options.folder ?? folder,
    stdio: ["pipe", "pipe", "pipe"],
    // A group of processes is named by its first one, and can be ended as one.
    detached: family,
  });
  const kill = (): void => {
    if (family && child.pid !== undefined) killGroup(child.pid);
    else child.kill("SIGKILL");
  };
  running.set(child, kill);
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    // The reason is at the start; a server that complains about each request must not fill the memory.
    if (complaints.length < 4_000) complaints += text;
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.on("error", (error) => {
      running.delete(child);
      reject(error);
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve(signal ?? `code ${code}`);
    });
  });
  return { child, kill, ended, output: () => output, complaints: () => complaints.trim() };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}

/**
 * Runs a command and returns what it printed.
 *
 * @throws CommandError when it fails, or is not done after `limitSeconds`; then it is killed.
 */
export async function runToEnd(
  command: readonly string[],
  limitSeconds: number,
  options?: StartOptions,
): Promise<string> {
  const { kill, ended, output, complaints } = start(command, options);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    kill();
  }, limitSeconds * 1000);
  const end = await ended.finally(() => clearTimeout(limit));
  if (late) throw new CommandError(`${command[0]} did not end within ${limitSeconds} s`, output());
  if (end !== "code 0") throw new CommandError(complaints() || `${command[0]} ended with ${end}`, output());
  return output();
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Its output on standard error, if any. */
  readonly complaints: () => string;
  /**
   * Writes a line to its standard input, and gives the next line that it prints.
   *
   * @throws Error when it ends or is silent instead.
   */
  ask(question: string): Promise<string>;
  /** Asks it to end (SIGTERM), and resolves when it is gone. */
  end(): Promise<void>;
  /** Ends it at once, and resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server that prints `{"port":…}` once it listens.
 *
 * @throws Error with what it printed to standard error, when it ends or is silent instead.
 */
export async function startServer(
  command: readonly string[],
  options?: StartOptions,
): Promise<RunningServer> {
  const { child, kill, ended, output, complaints } = start(command, options);
  const stop = async (): Promise<void> => {
    kill();
    await ended;
  };
  const end = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  let read = 0;
  /** The next line of its output. */
  const nextLine = (late: string): Promise<string> => {
    let limit: NodeJS.Timeout | undefined;
    const line = new Promise<string>((resolve, reject) => {
      limit = setTimeout(() => reject(new Error(late)), replyLimit);
      const look = (): void => {
        const end = output().indexOf("\n", read);
        if (end < 0) return;
        resolve(output().slice(read, end));
        read = end + 1;
        child.stdout?.off("data", look);
      };
      child.stdout?.on("data", look);
      ended.then((end) => reject(new Error(complaints() || `it ended with ${end}`)), reject);
      look();
    });
    return line.finally(() => clearTimeout(limit));
  };
  const ask = (question: string): Promise<string> => {
    child.stdin?.write(`${question}\n`);
    return nextLine("it does not reply");
  };
  try {
    const port = readPort(await nextLine("it does not listen"));
    return { pid: child.pid!, port, complaints, ask, end, stop };
  } catch (error) {
    // A program that could not be started at all has nothing to stop.
    await stop().catch(() => {});
    throw error;
  }
}

/** @throws Error when the line is not the announcement. */
export function readPort(line: string): number {
  const match = /^\{"port":(\d+)\}$/.exec(line);
  if (match === null) throw new Error(`it printed "${line}" instead of its port`);
  return Number(match[1]);
}
