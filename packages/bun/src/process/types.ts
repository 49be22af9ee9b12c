/** The types of `Bun.spawn` and `Bun.spawnSync`, by the names of Bun's documentation. */
import type { FileSink } from "@mantou/serve/hosting";

/** A process's output: see Bun's documentation of `stdout` and `stderr`. `undefined` is the default. */
export type Readable = "pipe" | "inherit" | "ignore" | null | undefined | Blob | ArrayBufferView | number;

/** A process's input. */
export type Writable = Readable | ArrayBuffer | ReadableStream | Response | Request;

/** What `spawnSync` takes, and `spawn`, too. */
export interface SpawnSyncOptions<In extends Writable, Out extends Readable, Err extends Readable> {
  /** The folder of the process; the default, also for an empty text, is the working directory. */
  cwd?: string | URL | undefined;
  /** Its environment; the default is this process's as it was at its start, with the variables of `.env` files. */
  env?: Record<string, string | undefined> | undefined;
  /** Its name for itself; the default is that of the command. */
  argv0?: string | undefined;
  /** `[stdin, stdout, stderr]`, in place of the three options; more descriptors may follow. */
  stdio?: readonly [In?, Out?, Err?, ...Readable[]] | undefined;
  /** The default is `"ignore"`. */
  stdin?: In;
  /** The default is `"pipe"`. */
  stdout?: Out;
  /** The default is `"inherit"`, and `"pipe"` for `spawnSync`. */
  stderr?: Err;
  /** Milliseconds that it may run; 0 and `Infinity` are no limit. */
  timeout?: number | undefined;
  /** Ends the process when it aborts. While `spawnSync` waits, only a signal of `AbortSignal.timeout` can. */
  signal?: AbortSignal | undefined;
  /** What ends it after `timeout`, when `signal` aborts, and beyond `maxBuffer`: `SIGTERM` by default. */
  killSignal?: NodeJS.Signals | number | undefined;
  /** Bytes that each of its outputs may have; 0 and less are no limit. `spawnSync` counts both together. */
  maxBuffer?: number | undefined;
  /** The process leads a group of its own. */
  detached?: boolean | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  windowsHide?: boolean | undefined;
  windowsVerbatimArguments?: boolean | undefined;
}

/** What `spawn` takes. */
export interface SpawnOptions<
  In extends Writable = Writable,
  Out extends Readable = Readable,
  Err extends Readable = Readable,
> extends SpawnSyncOptions<In, Out, Err> {
  /** Called behind the reactions of `exited`. What it throws is an uncaught exception. */
  onExit?(
    subprocess: Subprocess<In, Out, Err>,
    exitCode: number | null,
    signalCode: NodeJS.Signals | null,
    error?: Error,
  ): void | Promise<void>;
  /** Called once when the channel of `ipc` is closed. */
  onDisconnect?(): void | Promise<void>;
  /** Opens a channel, and takes the messages of the process. */
  ipc?(message: unknown, subprocess: Subprocess<In, Out, Err>, handle?: unknown): void;
  /** Of the channel: `"advanced"`, which is the default, or `"json"`. Node.js and Bun understand each other's `"json"` alone. */
  serialization?: "json" | "advanced" | undefined;
  /** Output is read when it is asked for first, and the process waits until then. */
  lazy?: boolean | undefined;
}

/** The value of `stdout` and `stderr`. */
export type ReadableIO<Out extends Readable> = Out extends "pipe" | undefined
  ? ReadableStream<Uint8Array<ArrayBuffer>>
  : Out extends number
    ? number
    : undefined;

/** The value of `stdin`. */
export type WritableIO<In extends Writable> = In extends "pipe"
  ? FileSink
  : In extends ReadableStream
    ? In
    : In extends number
      ? number
      : undefined;

/** A process that `spawn` has started. */
export interface Subprocess<
  In extends Writable = Writable,
  Out extends Readable = Readable,
  Err extends Readable = Readable,
> extends AsyncDisposable {
  readonly pid: number;
  readonly stdin: WritableIO<In>;
  readonly stdout: ReadableIO<Out>;
  readonly stderr: ReadableIO<Err>;
  /** The same as `stdout`. */
  readonly readable: ReadableIO<Out>;
  /** The same as `stdin`. */
  readonly writable: WritableIO<In>;
  /** Descriptors behind the first three, as they were given. */
  readonly stdio: readonly [null, null, null, ...(number | null)[]];
  /** No process has a terminal of its own here. */
  readonly terminal: undefined;
  /** Resolves with the exit code; with 128 and its number, if a signal has ended the process. */
  readonly exited: Promise<number>;
  /** null while it runs, and if a signal has ended it. */
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  /** Whether it has ended, in any way, as in Bun. */
  readonly killed: boolean;
  /** Whether there is a channel for messages. */
  readonly connected: boolean;
  /** @throws TypeError for a signal that is not there */
  kill(signal?: NodeJS.Signals | number): void;
  ref(): void;
  unref(): void;
  /** @throws Error `ERR_IPC_CHANNEL_CLOSED` without a channel; DataCloneError for a value that cannot be copied */
  send(message: unknown): boolean;
  disconnect(): void;
  /** undefined while the process runs. @throws Error `ERR_NOT_IN_MANTOU` behind its end: Node.js does not tell it */
  resourceUsage(): undefined;
}

/** A process that `spawnSync` has run. */
export interface SyncSubprocess<Out extends Readable = Readable, Err extends Readable = Readable> {
  readonly pid: number;
  readonly stdout: Out extends "pipe" | undefined ? Buffer : undefined;
  readonly stderr: Err extends "pipe" | undefined ? Buffer : undefined;
  /** null if a signal has ended it. */
  readonly exitCode: number | null;
  /** Whether `exitCode` is 0. */
  readonly success: boolean;
  readonly signalCode?: NodeJS.Signals;
  readonly exitedDueToTimeout?: true;
  readonly exitedDueToMaxBuffer?: true;
}
