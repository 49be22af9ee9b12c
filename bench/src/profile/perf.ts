import { rmSync } from "node:fs";
import { UsageError } from "../arguments.ts";
import { runToEnd } from "../processes.ts";
import type { Sampled } from "./places.ts";

/**
 * The kernel's sampling profiler, by its program `perf`: it sees what a profiler within V8 cannot, the kernel, OpenSSL and all threads.
 * V8 tells it the names of compiled functions in a file, with `--perf-basic-prof`.
 */

/** For a server on Node.js. */
export const namesFlags: readonly string[] = ["--perf-basic-prof"];

/** Samples a second. Not a round number, so that it does not keep step with timers. */
const frequency = 1_999;

/** Where V8 writes the names, which is not to be chosen. */
const namesOf = (pid: number): string => `/tmp/perf-${pid}.map`;

/** @throws UsageError that names the command to install it, when there is no perf. */
export async function checkPerf(): Promise<void> {
  try {
    await runToEnd(["perf", "--version"], 10);
  } catch (error) {
    throw new UsageError(
      `a profile needs perf: apt-get install linux-perf (Debian), linux-tools-generic (Ubuntu). ${(error as Error).message}`,
      "brief",
    );
  }
}

/**
 * Samples all threads of a process, and gives its functions, the most expensive first.
 *
 * @param file for perf's data; it is removed
 * @throws Error when perf may not sample, or the process ends meanwhile.
 */
export async function sample(pid: number, seconds: number, file: string): Promise<Sampled[]> {
  const record = `perf record -q -e cpu-clock -F ${frequency} -p ${pid} -o ${file} -- sleep ${seconds}`;
  const report = `perf report -q -i ${file} --stdio --no-children -g none -s dso,symbol -t`;
  try {
    await runToEnd(record.split(" "), seconds + 30);
    return parseReport(await runToEnd([...report.split(" "), "\t"], 120));
  } finally {
    rmSync(file, { force: true });
  }
}

/** Removes the names of a process that has ended. */
export function removeNames(pid: number): void {
  rmSync(namesOf(pid), { force: true });
}

/**
 * Reads the output of `perf report -s dso,symbol -t TAB`.
 *
 * @throws Error when nothing was sampled.
 */
export function parseReport(text: string): Sampled[] {
  const samples = text.split("\n").flatMap((line): Sampled[] => {
    const [percent = "", object = "", symbol = ""] = line.split("\t").map((cell) => cell.trim());
    const share = Number(percent.replace(/%$/, "")) / 100;
    if (!/^[\d.]+%$/.test(percent)) return [];
    // In front of each symbol: whether it ran in the kernel [k] or not [.].
    return [{ object, symbol: symbol.replace(/^\[.\] /, ""), share }];
  });
  if (samples.length === 0) throw new Error(`perf has sampled nothing:\n${text.slice(0, 500)}`);
  return samples;
}
