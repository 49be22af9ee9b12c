/** What the command lines of all programs share: reading values, and what to say about wrong ones. */

/** An invalid command line: the message gives the reason, in one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** Whether to print the reason alone, where the usage would not help. */
  readonly brief: boolean;

  constructor(message: string, detail: "brief" | "with usage" = "with usage") {
    super(message);
    this.brief = detail === "brief";
  }
}

/** Turns the error of a check into a usage error. */
export function known<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} is ${allowed.join(", ")}, not "${value}"`);
  return found;
}

export function integer(
  option: string,
  value: string | undefined,
  low: number,
  high: number,
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  // Digits only: "1e1" and "0x2" are numbers to JavaScript, and mistakes on a command line.
  if (!/^\d+$/.test(value) || number < low || number > high) {
    throw new UsageError(`${option} is a whole number from ${low} to ${high}, not "${value}"`);
  }
  return number;
}

/** A number with one digit behind the point at most. */
export function tenths(
  option: string,
  value: string | undefined,
  low: number,
  high: number,
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+(\.\d)?$/.test(value) || number < low || number > high) {
    throw new UsageError(`${option} is a number of tenths from ${low} to ${high}, not "${value}"`);
  }
  return number;
}
