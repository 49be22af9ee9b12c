import { type ChildProcess, spawn } from "node:child_process";
import { clearTimeout, setTimeout } from "node:timers";
import type { PrimaryMessage, WorkerMessage } from "../socket/inherited.ts";
import type { Backoff } from "./backoff.ts";
import type { SharedSockets } from "./shared-sockets.ts";

/** Milliseconds without a further `serve()` after which a program that does not tell it counts as started. */
const SETTLE_MS = 1000;

/** The program of the workers. */
export interface WorkerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** There are several workers, and no package that connects their topics. */
  readonly isApart: boolean;
}

/** How a worker has ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly error: Error | null;
}

/** The end of a worker, for a line. */
export function endInWords({ code, signal, error }: WorkerEnd): string {
  if (error !== null) return `could not be started (${error.message})`;
  return signal === null ? `has ended with code ${code}` : `was ended by ${signal}`;
}

/** What the pool is told of a worker. */
export interface WorkerEvents {
  /** It has bound an address of its own. */
  bound(worker: WorkerProcess, address: string, path: string | null, handle: unknown): void;
  /** It listens, as far as can be seen from here on every address of the program. Once. */
  ready(worker: WorkerProcess): void;
  /** The last event. */
  ended(worker: WorkerProcess, end: WorkerEnd): void;
}

/** The place of one worker, in which one process follows the other. */
export interface Slot {
  readonly number: number;
  readonly backoff: Backoff;
  current: WorkerProcess | null;
  /** In a reload, the process that is to replace the current one. */
  next: WorkerProcess | null;
  /** Until the next start. */
  timer: NodeJS.Timeout | undefined;
}

/** One process of the program. */
export class WorkerProcess {
  readonly number: number;
  readonly startedAt: number = performance.now();
  /** How many sockets of each address it listens on. */
  readonly #listens = new Map<string, number>();
  readonly #events: WorkerEvents;
  readonly #child: ChildProcess;
  readonly #given: number;
  #taken = 0;
  #isEvaluated = false;
  #isReady = false;
  #hasEnded = false;
  #error: Error | null = null;
  #settling: NodeJS.Timeout | undefined;
  #ending: NodeJS.Timeout | undefined;

  /**
   * @param given how many sockets the program is known to listen on; 0 while that is not known
   * @throws the system's error if it cannot start a process
   */
  constructor(
    command: WorkerCommand,
    number: number,
    sockets: SharedSockets,
    given: number,
    events: WorkerEvents,
  ) {
    this.number = number;
    this.#events = events;
    this.#given = given;
    const { file, args, execArgv, cwd, isApart } = command;
    this.#child = spawn(process.execPath, [...execArgv, file, ...args], {
      // A terminal's line would go to any of them.
      stdio: ["ignore", "inherit", "inherit", "ipc", ...sockets.descriptors],
      env: { ...command.env, ...sockets.environment(number, isApart), MANTOU_WORKER: String(number) },
      cwd,
    });
    this.#child.on("message", (message, handle) => this.#receive(message as WorkerMessage, handle, sockets));
    this.#child.on("error", (error) => {
      this.#error = error;
      // A process that has not been started has no other event.
      if (this.#child.pid === undefined) this.#end(null, null);
    });
    // All messages have come by then.
    this.#child.on("close", (code, signal) => this.#end(code, signal));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether it has listened on any address. */
  get hasListened(): boolean {
    return this.#listens.size > 0;
  }

  /** How many sockets of an address it listens on. */
  countOf(address: string): number {
    return this.#listens.get(address) ?? 0;
  }

  /** Lets it say that it is not ready. */
  withdraw(): void {
    const message: PrimaryMessage = { mantou: "withdraw" };
    // It may end at any time.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Asks it to respond to the requests under way and to end; ends it when `milliseconds` have passed. */
  drain(milliseconds: number): void {
    if (this.#ending !== undefined) return;
    this.#child.kill("SIGTERM");
    this.#ending = setTimeout(() => this.kill(), milliseconds);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #receive(message: WorkerMessage, handle: unknown, sockets: SharedSockets): void {
    // The program may send messages, too.
    switch (message?.mantou) {
      case "bound":
        this.#events.bound(this, message.address, message.path, handle);
        this.#listensOn(message.address);
        break;
      case "taken":
        this.#taken++;
        this.#listensOn(sockets.addressOf(message.fd) ?? "");
        break;
      case "evaluated":
        this.#isEvaluated = true;
        if (this.#listens.size > 0) this.#ready();
    }
  }

  #listensOn(address: string): void {
    this.#listens.set(address, this.countOf(address) + 1);
    if (this.#isEvaluated || (this.#given > 0 && this.#taken === this.#given)) this.#ready();
    else if (!this.#isReady) {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#ready(), SETTLE_MS);
    }
  }

  #ready(): void {
    clearTimeout(this.#settling);
    if (this.#isReady) return;
    this.#isReady = true;
    this.#events.ready(this);
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#settling);
    clearTimeout(this.#ending);
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.ended(this, { code, signal, error: this.#error });
  }
}
