/** What a program under `--watch` tells the process that starts it again: lines of JSON through a pipe of its own, of which the program sees nothing. */
import { writeSync } from "node:fs";
import { type ReadFile, reportReads } from "../loader/source/read-files.ts";

/** The number of the pipe in the program's process. */
export const REPORT_FD = 3;

/** A file that the program is made of, or that it ends by `process.exit`: then it is not started again. */
export type WatchReport = ReadFile | { readonly exits: true };

/** Reports from now on. */
export function reportToWatcher(): void {
  reportReads(send);
  const { exit } = process;
  process.exit = (code) => {
    send({ exits: true });
    return exit.call(process, code);
  };
}

function send(report: WatchReport): void {
  try {
    writeSync(REPORT_FD, `${JSON.stringify(report)}\n`);
  } catch {
    // The other process has ended.
  }
}
