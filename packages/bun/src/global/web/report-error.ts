/**
 * The global `reportError` of the web (HTML standard, "report an exception"): the error is one that nothing has caught, and the program goes
 * on. Without a listener of `uncaughtException` it is printed, and the process ends with code 1 in the end.
 */
export function reportError(...[error]: [error?: unknown]): void {
  if ((process as NodeJS.EventEmitter).emit("uncaughtException", error, "uncaughtException")) return;
  console.error(error);
  process.exitCode = 1;
}
