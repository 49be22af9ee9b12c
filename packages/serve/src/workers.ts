/** One program in several processes that share its listening sockets. This entry loads nothing of the server. */
export { workerNumber } from "./socket/inherited.ts";
export { runWorkers, type Workers, type WorkersOptions } from "./workers/run-workers.ts";
