import { AsyncLocalStorage } from "node:async_hooks";
import { runTicks } from "../socket/node-handle.ts";

/** Calls a function outside of the context of any request or message. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Runs all queued callbacks, and those that they queue. An error of a callback is an uncaught exception, as always.
 * @returns false if the next event has to wait for another turn, by `runInNextTurn`: this runtime has no way to run the queue, or a
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

/** Calls back in another turn, without the current `AsyncLocalStorage`, as the event loop does for a packet. */
export function runInNextTurn(callback: () => void): void {
  outside(setImmediate, callback);
}
