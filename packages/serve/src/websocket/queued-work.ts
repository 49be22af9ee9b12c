import { runTicks } from "../socket/node-handle.ts";

const { queueMicrotask } = globalThis;

/**
 * Runs all queued callbacks, and those that they queue. An error of a callback is an uncaught exception, as always.
 * @returns false if the next event has to wait for another turn: this runtime has no way to run the queue, or a
 *   callback has thrown. From Node.js 24 on such a callback leaves its `AsyncLocalStorage` behind until this turn ends.
 */
export function runQueuedWork(): boolean {
  if (runTicks === null) return false;
  for (let hasThrown = false; ; ) {
    try {
      runTicks();
      return !hasThrown;
    } catch (error) {
      hasThrown = true;
      // The callbacks behind it have not run. Node.js makes the error of a microtask an uncaught exception.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
