import { AsyncLocalStorage } from "node:async_hooks";
import { isTriedLine } from "../socket/node-handle.ts";

/**
 * The function by which Node.js runs the callbacks of `process.nextTick` and of promises between two timers. It is not documented API, but
 * the same on Node.js 20, 22, 24 and 26. It costs 30 to 60 ns if no callback is queued. Without it the host waits for another turn.
 */
const { _tickCallback } = process as { _tickCallback?: unknown };
const runAll = isTriedLine() && typeof _tickCallback === "function" ? _tickCallback : undefined;

/** Calls a function outside of the context of any request or message. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Runs all queued callbacks, and those that they queue. An error of a callback is an uncaught exception, as always.
 * @returns false if the next event has to wait for another turn, by `runInNextTurn`: this runtime has no way to run the queue, or a
 *   callback has thrown. From Node.js 24 on such a callback leaves its `AsyncLocalStorage` behind until this turn ends.
 */
export function runQueuedWork(): boolean {
  if (runAll === undefined) return false;
  for (let hasThrown = false; ; ) {
    try {
      runAll();
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
