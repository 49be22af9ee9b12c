import type { EventEmitter } from "node:events";

/** The exit code of Node.js if a listener for errors throws one. */
const FAILED_LISTENER = 7;
/** The program's first module is a promise for Node.js. */
const ORIGIN = "unhandledRejection";

/** An error that the program's first module does not catch goes where Node.js and Bun send it: to the program's own listeners, or else to the log; then the process ends. */
export function reportFailure(
  error: unknown,
  logError: (error: unknown) => void,
  endProcess: (code: number) => never,
): void {
  if (process.hasUncaughtExceptionCaptureCallback()) {
    // Only Node.js can call it.
    process.nextTick(() => {
      throw error;
    });
    return;
  }
  const emitter: EventEmitter = process;
  emitter.emit("uncaughtExceptionMonitor", error, ORIGIN);
  try {
    if (emitter.emit("uncaughtException", error, ORIGIN)) return;
  } catch (another) {
    logError(another);
    endProcess(FAILED_LISTENER);
  }
  logError(error);
  endProcess(1);
}
