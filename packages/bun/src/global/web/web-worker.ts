/** Bun's global `Worker`, on `node:worker_threads`. */
import { resolveObjectURL } from "node:buffer";
import { getEventListeners } from "node:events";
import { pathToFileURL } from "node:url";
import { Worker as Thread, type Transferable, type WorkerOptions } from "node:worker_threads";
import { LazyModule } from "../../base/lazy.ts";
import { nativeError } from "../../loader/errors/native-error.ts";
import { registering, workerFile } from "../../loader/hooks/worker-threads.ts";
import { defineEventAttributes } from "./event-attributes.ts";

const client = new LazyModule<typeof import("@mantou/websocket/client")>("@mantou/websocket/client");
const CloseEvent = client.function("CloseEvent");
const ErrorEvent = client.function("ErrorEvent");

/** Makes the globals of a worker before its program runs. */
const SCOPE: string = new URL("./worker-scope.js", import.meta.url).href;
/** Runs a program that is a Blob. */
const BLOB: URL = new URL("./worker-blob.js", import.meta.url);

/** What a worker reads of its `workerData` before its program runs. */
export interface WorkerStart {
  /** Modules to run first. */
  readonly mantouPreload: readonly string[];
  readonly mantouBlob: Blob | null;
}

export interface WebWorkerOptions {
  readonly name?: string;
  readonly type?: "classic" | "module";
  readonly credentials?: string;
  /** Modules that run before the program. */
  readonly preload?: string | readonly string[];
  readonly env?: WorkerOptions["env"];
  readonly argv?: string[];
  readonly execArgv?: readonly string[];
  /** False: the worker does not keep the process running. */
  readonly ref?: boolean;
  /** Less memory, more time. Node.js has no such mode. */
  readonly smol?: boolean;
}

/** A thread that runs a module, with the events and methods of the web's `Worker`, and those that Bun adds. */
export class Worker extends EventTarget {
  readonly #thread: Thread;
  #isTerminated = false;

  /**
   * @param file a path from the current folder, a file: or data: URL, or the blob: URL of a script
   * @throws TypeError for an argument of a wrong type
   */
  constructor(file: string | URL, options: WebWorkerOptions = {}) {
    super();
    if (typeof file !== "string" && !(file instanceof URL))
      throw new TypeError('The "filename" argument must be of type string or an instance of URL');
    const { preload = [], env, argv, execArgv, ref } = options;
    const preloads = typeof preload === "string" ? [preload] : preload;
    if (!Array.isArray(preloads)) throw new TypeError("preload must be an array or string");
    const blob = String(file).startsWith("blob:") ? resolveObjectURL(String(file)) : undefined;
    const start: WorkerStart = {
      mantouPreload: preloads.map((each: string) => urlOf(each).href),
      mantouBlob: blob ?? null,
    };
    this.#thread = new Thread(blob === undefined ? urlOf(file) : BLOB, {
      workerData: start,
      execArgv: registering(execArgv, SCOPE),
      ...(env === undefined ? {} : { env }),
      ...(argv === undefined ? {} : { argv }),
    });
    this.#thread.on("online", () => this.dispatchEvent(new Event("open")));
    this.#thread.on("message", (data) => this.dispatchEvent(new MessageEvent("message", { data })));
    this.#thread.on("messageerror", (data) => this.dispatchEvent(new MessageEvent("messageerror", { data })));
    this.#thread.on("error", (error) => this.#fail(nativeError(error)));
    this.#thread.on("exit", (code) => this.#close(code));
    if (ref === false) this.unref();
  }

  #fail(error: unknown): void {
    // As in Bun, a worker's error does not end the program.
    if (getEventListeners(this, "error").length === 0) console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    this.dispatchEvent(new ErrorEvent("error", { message, error }));
  }

  #close(exitCode: number): void {
    const code = this.#isTerminated ? 0 : exitCode;
    const wasClean = code === 0;
    const reason = wasClean ? "Worker terminated normally" : "Worker exited abnormally";
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }

  /** The number of the thread; -1 after it has ended. */
  get threadId(): number {
    return this.#thread.threadId;
  }

  postMessage(message: unknown, transfer?: readonly Transferable[] | TransferOptions): void {
    // Node.js takes both forms, and its types one.
    this.#thread.postMessage(message, transfer as readonly Transferable[]);
  }

  /** Ends the thread at once. */
  terminate(): void {
    this.#isTerminated = true;
    void this.#thread.terminate();
  }

  ref(): void {
    this.#thread.ref();
  }

  unref(): void {
    this.#thread.unref();
  }

  get [Symbol.toStringTag](): string {
    return "Worker";
  }
}

export interface TransferOptions {
  readonly transfer?: readonly Transferable[];
}

defineEventAttributes(
  Worker.prototype,
  ["message", "messageerror", "error", "open", "close"],
  (worker) => worker as Worker,
);

function urlOf(file: string | URL): URL {
  const found = workerFile(String(file));
  return found instanceof URL ? found : new URL(found, `${pathToFileURL(process.cwd()).href}/`);
}
