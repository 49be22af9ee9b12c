/** Runs slow hashes in other threads, so that a server goes on meanwhile. */
import { availableParallelism } from "node:os";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { PlainWorker } from "../../base/plain-worker.ts";

interface BcryptJob {
  readonly kind: "bcrypt";
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly cost: number;
}

export interface Argon2Job {
  readonly kind: "argon2id" | "argon2i" | "argon2d";
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly timeCost: number;
  /** KiB. */
  readonly memoryCost: number;
  readonly parallelism: number;
  /** Bytes of the result. */
  readonly length: number;
}

export type Job = BcryptJob | Argon2Job;

export type JobResult = { readonly value: Uint8Array | string } | { readonly error: string };

type Settle = (result: JobResult) => void;

const WORKER = new URL("./password-worker.js", import.meta.url);
/** argon2id takes 64 MiB a hash: more threads would need much memory, and hash no faster than there are cores. */
const MAX_THREADS = Math.min(4, availableParallelism());

/** A thread, and the function that settles its job. */
class Thread {
  readonly #worker = new PlainWorker(WORKER, { execArgv: [] });
  #settle: Settle | null = null;

  constructor() {
    this.#worker.on("message", (result: JobResult) => {
      // The process lives until a result is there, and no longer for an idle thread.
      this.#worker.unref();
      idle.push(this);
      this.#finish(result);
    });
    this.#worker.on("error", (error) => this.#end(String(error)));
    this.#worker.on("exit", (code) => this.#end(`The thread for passwords ended with code ${code}`));
    threads.add(this);
  }

  run(job: Job, settle: Settle): void {
    this.#settle = settle;
    this.#worker.ref();
    this.#worker.postMessage(job);
  }

  #finish(result: JobResult): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(result);
    runNext();
  }

  #end(error: string): void {
    threads.delete(this);
    if (idle.includes(this)) idle.splice(idle.indexOf(this), 1);
    this.#finish({ error });
  }
}

const threads = new Set<Thread>();
const idle: Thread[] = [];
const queue: [job: Job, settle: Settle][] = [];

/** @returns the hash: bytes of argon2, text of bcrypt */
export function runJob(job: Job): Promise<Uint8Array | string> {
  return new Promise((resolve, reject) => {
    queue.push([
      job,
      (result) => ("value" in result ? resolve(result.value) : reject(new Error(result.error))),
    ]);
    runNext();
  });
}

function runNext(): void {
  if (queue.length === 0) return;
  const thread = idle.pop() ?? (threads.size < MAX_THREADS ? new Thread() : null);
  if (thread !== null) thread.run(...queue.shift()!);
}

/** The same, while this thread waits. */
export function runJobSync(job: Job): Uint8Array | string {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new PlainWorker(WORKER, {
    execArgv: [],
    workerData: { signal, port: port2 },
    transferList: [port2],
  });
  worker.unref();
  try {
    port1.postMessage(job);
    Atomics.wait(signal, 0, 0);
    const result = (receiveMessageOnPort(port1) as { message: JobResult }).message;
    if ("value" in result) return result.value;
    throw new Error(result.error);
  } finally {
    port1.close();
    void worker.terminate();
  }
}
