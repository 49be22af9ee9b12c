import { constants } from "node:os";
import { wrongType } from "../base/argument-error.ts";

const NUMBERS = constants.signals as Readonly<Record<string, number>>;

/**
 * The number of a signal; SIGTERM's by default.
 * @throws TypeError for names and numbers of no signal
 */
export function signalNumber(signal: unknown): number {
  if (signal === undefined || signal === null) return NUMBERS["SIGTERM"]!;
  if (typeof signal === "number") {
    if (!(signal >= 0)) throw wrongType("Invalid signal: must be >= 0");
    if (signal >= 32) throw wrongType("Invalid signal: must be < 32");
    if (!Number.isInteger(signal)) throw wrongType("Unknown signal");
    return signal;
  }
  const number = typeof signal === "string" && Object.hasOwn(NUMBERS, signal) ? NUMBERS[signal] : undefined;
  if (number !== undefined) return number;
  const names = namesByNumber().map((name) => `'${name}'`);
  throw wrongType(`signal must be one of ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`);
}

/** One name for each number: some have two. */
function namesByNumber(): string[] {
  const names = new Map<number, string>();
  for (const [name, number] of Object.entries(NUMBERS)) if (!names.has(number)) names.set(number, name);
  return [...names].sort(([one], [other]) => one - other).map(([, name]) => name);
}

/** The exit code that a shell gives a process which a signal has ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
