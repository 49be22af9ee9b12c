/**
 * How many messages may be in the thread pool at once. libuv has four threads unless told otherwise, and files and names
 * need them too: one is left to those. (ws allows itself ten jobs.)
 */
const POOL_JOBS = 3;

type Job = (finished: () => void) => void;

let running = 0;
let starting = false;
const waiting: Job[] = [];

/**
 * Starts a job as soon as there is room for it, first come, first served. A connection has at most one message of each
 * direction here, so as many jobs wait as there are connections, not messages.
 */
export function runJob(job: Job): void {
  waiting.push(job);
  startJobs();
}

function finished(): void {
  running--;
  startJobs();
}

/** In a loop: jobs of connections that are gone end where they start, and as calls in one another 4,000 overflow the stack. */
function startJobs(): void {
  if (starting) return;
  starting = true;
  while (running < POOL_JOBS && waiting.length > 0) {
    running++;
    waiting.shift()!(finished);
  }
  starting = false;
}
