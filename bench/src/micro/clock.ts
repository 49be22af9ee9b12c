/** Microseconds of CPU time that this process has used so far, all threads. */
export type Clock = () => number;

/**
 * CPU time rather than wall time: other processes on the machine count little, and the work that an operation leaves to the
 * collector's and the compiler's threads counts.
 */
export const cpuClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Batches are doubled until they take this long: the clock is read seldom enough to cost nothing. */
const BATCH_MICROSECONDS = 5_000;

/**
 * @param warmUp milliseconds of CPU time before anything counts
 * @param window milliseconds of CPU time that are measured, at least
 * @returns nanoseconds for each operation, the mean over the window
 */
export function measure(
  operate: () => void,
  warmUp: number,
  window: number,
  clock: Clock = cpuClock,
): number {
  let batch = 1;
  const repeat = (milliseconds: number): number => {
    const start = clock();
    let last = start;
    let operations = 0;
    for (;;) {
      for (let i = 0; i < batch; i++) operate();
      operations += batch;
      const now = clock();
      if (now - start >= milliseconds * 1000) return ((now - start) * 1000) / operations;
      if (now - last < BATCH_MICROSECONDS) batch *= 2;
      last = now;
    }
  };
  repeat(warmUp);
  return repeat(window);
}
