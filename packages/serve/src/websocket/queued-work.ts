/**
 * What Node.js runs between two timers: the callbacks of `process.nextTick` and of promises. Not documented API, but the same function on
 * Node.js 20, 22, 24 and 26; it costs 30 to 60 ns when there is nothing to run. Without it the host waits for another turn.
 */
const { _tickCallback: runAll } = process as { _tickCallback?: unknown };

/**
 * Runs all that has been queued so far, and what that queues. What a callback throws is an uncaught exception, as ever.
 *
 * @returns false if this runtime has no way to do so
 */
export function runQueuedWork(): boolean {
  if (typeof runAll !== "function") return false;
  for (;;) {
    try {
      runAll();
      return true;
    } catch (error) {
      // A tick has thrown, and those behind it have not run. From a microtask Node.js gives an error to the process.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
