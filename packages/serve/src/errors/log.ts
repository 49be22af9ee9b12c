/** Writes an error to the log. Never throws: handlers can throw any value, also one that `console.error` cannot print. */
export function logError(error: unknown): void {
  try {
    console.error(error);
  } catch {
    console.error("An error was thrown that cannot be printed");
  }
}

/** Runs one of several tasks. Its error is logged, and the other tasks still run. */
export function runIsolated(task: () => void): void {
  try {
    task();
  } catch (error) {
    logError(error);
  }
}
