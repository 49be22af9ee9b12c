/**
 * How many messages may be in the thread pool at once. libuv has four threads unless told otherwise, and files and names
 * need them too: one is left to those. (ws allows itself ten jobs.)
 */
const POOL_JOBS = 3;

type Job = (finished: () => void) => void;

let running = 0;
const waiting: Job[] = [];

/**
 * Starts a job as soon as there is room for it, first come, first served. A connection has at most one message of each
 * direction here, so as many jobs wait as there are connections, not messages.
 */
export function runJob(job: Job): void {
  if (running >= POOL_JOBS) {
    waiting.push(job);
    return;
  }
  running++;
  job(finished);
}

function finished(): void {
  running--;
  const next = waiting.shift();
  if (next !== undefined) runJob(next);
}
