import { UsageError } from "./arguments.ts";
import { killAll } from "./processes.ts";

/**
 * Runs one of the harness's programs to its exit code: 0 done, 1 a failure (the measurements are written
 * nevertheless), 2 wrong arguments, 130 interrupted. No process that it started outlives it, however it ends.
 *
 * @param main returns the exit code; any error of it but a UsageError is a defect
 */
export async function runProgram(main: () => Promise<number>, usage: string): Promise<void> {
  // Ctrl-C reaches the children too, being of the same terminal; a kill or a closed terminal does not.
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      killAll();
      process.exit(code);
    });
  }
  process.on("exit", killAll);

  try {
    process.exitCode = await main();
  } catch (error) {
    killAll();
    if (!(error instanceof UsageError)) throw error;
    console.error(error.brief ? error.message : `${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}
