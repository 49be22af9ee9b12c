import threads from "node:worker_threads";

/**
 * Node's own class. Under `mantou` that of `node:worker_threads` is another one, whose threads load the whole runtime before their program: those that only compute
 * need nothing of it. Import this module before the class is replaced.
 */
export const PlainWorker: typeof threads.Worker = threads.Worker;
