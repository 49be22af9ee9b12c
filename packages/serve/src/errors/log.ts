/** Tells the log of an error. Never throws: anything can be thrown at us, also what `console.error` cannot print. */
export function report(error: unknown): void {
  try {
    console.error(error);
  } catch {
    console.error("An error was thrown that cannot be printed");
  }
}
