import { types } from "node:util";

/**
 * Writes an error to the log. Never throws: handlers can throw any value, also one that `console.error` cannot print, and an application can
 * replace `console.error`.
 * @param where the work that failed, such as `GET /users`
 */
export function logError(error: unknown, where = ""): void {
  // The first argument is a format, which must not be a client's text, nor a handler's.
  const format = where === "" ? [] : ["%s:", where];
  try {
    console.error(...format, error);
  } catch {
    try {
      console.error(...format, "An error was thrown that cannot be printed");
    } catch {
      // There is no log.
    }
  }
}

/** Logs what a promise rejects with that a function of the application has returned, where nothing awaits it: Node.js would end the process. */
export function logRejection(result: unknown, where: string): void {
  // `instanceof` does not hold for a promise of another realm (`node:vm`, and so Jest).
  if (types.isPromise(result)) result.catch((error: unknown) => logError(error, where));
}

/** Runs one of several tasks. Its error is logged, and the other tasks still run. */
export function runIsolated(task: () => void): void {
  try {
    task();
  } catch (error) {
    logError(error);
  }
}
