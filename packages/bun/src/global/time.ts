import { setTimeout as wait } from "node:timers/promises";
import { wrongType } from "../base/argument-error.ts";

const started = process.hrtime.bigint();

/** Nanoseconds since this module was loaded. */
export function nanoseconds(): number {
  return Number(process.hrtime.bigint() - started);
}

/** A timer of Node.js takes no more: it would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Resolves after that many milliseconds, or at a date.
 * @throws TypeError (rejects) for anything else
 */
export async function sleep(until: number | Date): Promise<void> {
  if (typeof until !== "number" && !(until instanceof Date))
    throw new TypeError("sleep() takes a number of milliseconds, or a date");
  let left = typeof until === "number" ? until : Math.max(0, until.getTime() - Date.now());
  for (; left > LONGEST_MS; left -= LONGEST_MS) await wait(LONGEST_MS);
  await wait(left);
}

/**
 * Stops this thread for that many milliseconds.
 * @throws TypeError for a value that is not a number, and for a negative one, as in Bun
 */
export function sleepSync(milliseconds: number): void {
  if (typeof milliseconds !== "number") throw wrongType("milliseconds must be a number");
  if (milliseconds < 0) throw wrongType(`argument to sleepSync must not be negative, got ${milliseconds}`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number.isNaN(milliseconds) ? 0 : milliseconds);
}
