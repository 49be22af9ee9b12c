import { AsyncLocalStorage } from "node:async_hooks";
import { isTriedLine } from "../socket/node-handle.ts";

/**
 * What Node.js runs between two timers: the callbacks of `process.nextTick` and of promises. Not documented API, but the same function on
 * Node.js 20, 22, 24 and 26; it costs 30 to 60 ns when there is nothing to run. Without it the host waits for another turn.
 */
const { _tickCallback } = process as { _tickCallback?: unknown };
const runAll = isTriedLine() && typeof _tickCallback === "function" ? _tickCallback : undefined;

/** Calls a function in the context of no request and no message. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Runs all that has been queued so far, and what that queues. What a callback throws is an uncaught exception, as ever.
 *
 * @returns false if the next event has to wait for another turn, by `runInNextTurn`: this runtime has no way to run the queue, or a tick
 *   has thrown. From Node.js 24 on such a tick leaves its `AsyncLocalStorage` behind until this turn ends.
 */
export function runQueuedWork(): boolean {
  if (runAll === undefined) return false;
  for (let hasThrown = false; ; ) {
    try {
      runAll();
      return !hasThrown;
    } catch (error) {
      hasThrown = true;
      // A tick has thrown, and those behind it have not run. From a microtask Node.js gives an error to the process.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** Calls back in another turn, as the event loop calls for a packet: without the `AsyncLocalStorage` of what runs now. */
export function runInNextTurn(callback: () => void): void {
  outside(setImmediate, callback);
}
