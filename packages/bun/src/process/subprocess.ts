import type { ChildProcess, Serializable } from "node:child_process";
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { type InspectOptions, inspect } from "node:util";
import { FileSink, StreamTarget } from "@mantou/serve/hosting";
import { argumentError } from "../base/argument-error.ts";
import { notThere } from "../base/missing.ts";
import { feed } from "./feed.ts";
import type { SpawnPlan } from "./options.ts";
import { Output } from "./output.ts";
import { exitCodeOf, signalNumber } from "./signals.ts";
import type { StdioPlan } from "./stdio.ts";
import type { Subprocess as Documented } from "./types.ts";

const { queueMicrotask } = globalThis;

/** A process that runs, or has run. */
export class Subprocess {
  readonly #child: ChildProcess;
  readonly #plan: SpawnPlan;
  readonly #stdin: FileSink | ReadableStream | number | undefined;
  readonly #outputs: [Output, Output];
  readonly #stdio: readonly [null, null, null, ...(number | null)[]];
  readonly #exited: Promise<number>;
  #hasExited = false;
  #exitCode: number | null = null;
  #signalCode: NodeJS.Signals | null = null;

  constructor(child: ChildProcess, plan: SpawnPlan, { given, input }: StdioPlan) {
    this.#child = child;
    this.#plan = plan;
    this.#stdin = stdinOf(child, given[0], input);
    const limit = plan.maxBuffer;
    const onTooMuch = (): void => this.#end();
    this.#outputs = [
      new Output(child.stdout, given[1], limit, onTooMuch),
      new Output(child.stderr, given[2], limit, onTooMuch),
    ];
    if (plan.options.lazy !== true) for (const output of this.#outputs) output.value();
    this.#stdio = [null, null, null, ...given.slice(3).map((descriptor) => descriptor ?? null)];
    this.#exited = this.#watch();
    this.#openChannel();
  }

  /** What users know it as. */
  get #documented(): Documented {
    return this as unknown as Documented;
  }

  #watch(): Promise<number> {
    const { signal, onExit } = this.#plan.options;
    const { timeout } = this.#plan;
    const end = (): void => this.#end();
    const timer = timeout === undefined ? null : endAfter(timeout, end);
    signal?.addEventListener("abort", end, { once: true });
    return new Promise((resolve) => {
      this.#child.once("exit", (code, signalCode) => {
        // From here on Node.js throws away what nothing reads: the output of a lazy process may be asked for later.
        for (const output of this.#outputs) output.value();
        if (timer !== null) clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        this.#hasExited = true;
        this.#exitCode = code;
        this.#signalCode = signalCode;
        resolve(code ?? exitCodeOf(signalCode!));
        if (onExit !== undefined && onExit !== null)
          queueMicrotask(() => void onExit.call(this, this.#documented, code, signalCode, undefined));
      });
      // A signal that cannot be sent, and a message: each call has its error.
      this.#child.on("error", () => {});
    });
  }

  #openChannel(): void {
    const { ipc, onDisconnect } = this.#plan.options;
    if (typeof ipc !== "function") return;
    this.#child.on("message", (message, handle) => ipc.call(this, message, this.#documented, handle));
    this.#child.once("disconnect", () => void onDisconnect?.());
  }

  #end(): void {
    this.#child.kill(this.#plan.killSignal);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stdin(): FileSink | ReadableStream | number | undefined {
    return this.#stdin;
  }

  get writable(): FileSink | ReadableStream | number | undefined {
    return this.#stdin;
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> | number | undefined {
    return this.#outputs[0].value();
  }

  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> | number | undefined {
    return this.#outputs[1].value();
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> | number | undefined {
    return this.stdout;
  }

  get stdio(): readonly [null, null, null, ...(number | null)[]] {
    return this.#stdio;
  }

  get terminal(): undefined {
    return undefined;
  }

  get exited(): Promise<number> {
    return this.#exited;
  }

  get exitCode(): number | null {
    return this.#exitCode;
  }

  get signalCode(): NodeJS.Signals | null {
    return this.#signalCode;
  }

  get killed(): boolean {
    return this.#hasExited;
  }

  get connected(): boolean {
    return this.#child.connected === true;
  }

  kill(signal?: NodeJS.Signals | number): void {
    const number = signalNumber(signal);
    if (!this.#hasExited) this.#child.kill(number);
  }

  ref(): void {
    this.#child.ref();
    this.#refPipes(true);
  }

  unref(): void {
    this.#child.unref();
    this.#refPipes(false);
  }

  #refPipes(isAlive: boolean): void {
    for (const pipe of [this.#child.stdin, this.#child.stdout, this.#child.stderr] as (Socket | null)[]) {
      if (isAlive) pipe?.ref();
      else pipe?.unref();
    }
    if (isAlive) this.#child.channel?.ref?.();
    else this.#child.channel?.unref?.();
  }

  send(message: unknown): boolean {
    if (message === undefined) {
      throw argumentError('The "message" argument must be specified', "ERR_MISSING_ARGS");
    }
    if (!this.connected) {
      const when = this.#hasExited
        ? "cannot be used after the process has exited."
        : "can only be used if an IPC channel is open.";
      throw Object.assign(new Error(`Subprocess.send() ${when}`), { code: "ERR_IPC_CHANNEL_CLOSED" });
    }
    if (typeof message === "function" || typeof message === "symbol")
      throw new DOMException("The object can not be cloned.", "DataCloneError");
    return this.#child.send(message as Serializable, () => {});
  }

  disconnect(): void {
    if (this.connected) this.#child.disconnect();
  }

  resourceUsage(): undefined {
    if (this.#hasExited) throw noUsage();
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#exited;
  }

  get [Symbol.toStringTag](): string {
    return "Subprocess";
  }
}

/** What a print shows: the properties are those of the class. */
Object.defineProperty(Subprocess.prototype, inspect.custom, {
  value(this: Subprocess, _depth: number, options: InspectOptions, show: typeof inspect): string {
    const { pid, exitCode, signalCode, killed, connected, stdin, stdout, stderr } = this;
    return `Subprocess ${show({ pid, exitCode, signalCode, killed, connected, stdin, stdout, stderr }, options)}`;
  },
});

/** The error for what Node.js keeps to itself when a process has ended. */
export function noUsage(): Error {
  return notThere(
    "Subprocess.resourceUsage",
    "the command time -v, or process.resourceUsage() in the process itself",
  );
}

/** The longest time that a timer of Node.js takes. */
const LONGEST_TIMER = 2 ** 31 - 1;

function endAfter(milliseconds: number, end: () => void): NodeJS.Timeout | null {
  // Longer than 24 days: the process is not ended, as a timer of that length would fire at once.
  return milliseconds > LONGEST_TIMER ? null : setTimeout(end, milliseconds).unref();
}

function stdinOf(
  child: ChildProcess,
  descriptor: number | undefined,
  input: StdioPlan["input"],
): FileSink | ReadableStream | number | undefined {
  if (child.stdin === null) return descriptor;
  if (input === null) return new FileSink(new StreamTarget(child.stdin, true));
  void feed(child.stdin, input);
  return input instanceof ReadableStream ? input : undefined;
}
