import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Call, Caller } from "./caller.ts";
import { TargetError } from "./target.ts";

/** More in one trial is no client that keeps the contract. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
/** Milliseconds for a command to end behind the end of its input. */
const ENDING_MS = 5_000;

/**
 * A command that stays for many trials: it reads a line for each, the method and the URLs with spaces between them, prints a line for
 * each response as a command that is run for each trial does, and then `done` or `failed`. One that hangs or crashes is started anew.
 */
export function stayingCaller(command: readonly string[]): Caller {
  const idle: StayingProcess[] = [];
  const all = new Set<StayingProcess>();
  /** One that has ended behind its last trial is none to send the next one to. */
  const waiting = (): StayingProcess | undefined => {
    for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
      if (!client.hasEnded) return client;
      all.delete(client);
    }
    return undefined;
  };
  const call = async (urls: readonly string[], method: string, signal: AbortSignal): Promise<Call> => {
    const client = waiting() ?? new StayingProcess(command);
    all.add(client);
    const made = await client.call(`${method} ${urls.join(" ")}\n`, signal);
    if (client.hasEnded) all.delete(client);
    else idle.push(client);
    return made;
  };
  const close = async () => {
    const unused = new Set(idle.splice(0));
    // What a browser has started, and written, is gone only if it may end by itself.
    const ends = [...all].map((client) => (unused.has(client) ? client.close() : client.kill()));
    all.clear();
    await Promise.all(ends);
  };
  return Object.assign(call, { close });
}

/** One process of the command, which makes one call at a time. */
class StayingProcess {
  readonly #child: ChildProcess;
  #lines: string[] = [];
  #rest = "";
  #characters = 0;
  #fault: TargetError | null = null;
  /** Ends the call that is going on. */
  #settle: ((end: Call["end"]) => void) | null = null;
  hasEnded = false;
  readonly #ended: Promise<void>;

  constructor([program = "", ...args]: readonly string[]) {
    const given = args.filter((arg) => arg !== "{url}");
    const child = spawn(program, given, { stdio: ["pipe", "pipe", "ignore"], env: process.env });
    // The end of the process tells that it reads no more.
    child.stdin.on("error", () => {});
    child.stdout.setEncoding("latin1").on("data", (text: string) => this.#read(text));
    this.#ended = new Promise((resolve) => {
      child.on("error", (error) => {
        this.#fault = new TargetError(`The command cannot be run: ${error.message}`);
        resolve();
        this.#end();
      });
      child.on("close", () => {
        resolve();
        this.#end();
      });
    });
    this.#child = child;
  }

  /** @throws TargetError if the command cannot be run */
  async call(trial: string, signal: AbortSignal): Promise<Call> {
    this.#lines = [];
    this.#characters = 0;
    const kill = () => void this.kill();
    const ended = new Promise<Call["end"]>((resolve) => {
      this.#settle = resolve;
    });
    signal.addEventListener("abort", kill, { once: true });
    if (this.hasEnded) this.#end();
    else this.#child.stdin?.write(trial);
    const end = await ended;
    signal.removeEventListener("abort", kill);
    if (this.#fault !== null) throw this.#fault;
    // It tells by a line that it has failed: whichever way it ends in the middle, it has crashed.
    return { end: end === "crashed" && signal.aborted ? "killed" : end, lines: this.#lines };
  }

  /** Ends its input, which is for it to end. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => void this.kill(), ENDING_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    // What a command of the shell has started may hold the pipe open for longer.
    this.#child.stdout?.destroy();
    return this.#ended;
  }

  #end(): void {
    this.hasEnded = true;
    this.#finish("crashed");
  }

  #finish(end: Call["end"]): void {
    this.#settle?.(end);
    this.#settle = null;
  }

  #read(text: string): void {
    this.#characters += text.length;
    if (this.#characters > MOST_CHARACTERS) {
      void this.kill();
      return;
    }
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (line === "done") this.#finish("done");
      else if (line === "failed") this.#finish("refused");
      else if (line !== "") this.#lines.push(line);
    }
  }
}
