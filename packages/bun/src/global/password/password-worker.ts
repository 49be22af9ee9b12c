/** The thread that hashes passwords for `password-jobs.ts`: a hash takes so long by intent. */
import { createRequire } from "node:module";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Job, JobResult } from "./password-jobs.ts";

const require = createRequire(import.meta.url);

/** The used part of the package. */
interface HashWasm {
  readonly argon2id: Argon2Function;
  readonly argon2i: Argon2Function;
  readonly argon2d: Argon2Function;
  readonly bcrypt: (options: object) => Promise<string>;
}
type Argon2Function = (options: object) => Promise<Uint8Array>;

async function run(job: Job): Promise<Uint8Array | string> {
  if (job.kind === "bcrypt") {
    const { bcrypt } = require("hash-wasm/dist/bcrypt.umd.min.js") as HashWasm;
    const { password, salt, cost } = job;
    return bcrypt({ password, salt, costFactor: cost, outputType: "encoded" });
  }
  const functions = require("hash-wasm/dist/argon2.umd.min.js") as HashWasm;
  return functions[job.kind]({
    password: job.password,
    salt: job.salt,
    iterations: job.timeCost,
    memorySize: job.memoryCost,
    parallelism: job.parallelism,
    hashLength: job.length,
    outputType: "binary",
  });
}

async function reply(job: Job): Promise<JobResult> {
  try {
    return { value: await run(job) };
  } catch (error) {
    return { error: String((error as Error).message) };
  }
}

/** With a signal, the other thread waits for it and can handle no event: it takes the result from the port itself. */
const { signal, port } = (workerData ?? {}) as { signal?: Int32Array; port?: MessagePort };

const out = port ?? parentPort!;
out.on("message", async (job: Job) => {
  out.postMessage(await reply(job));
  if (signal === undefined) return;
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
