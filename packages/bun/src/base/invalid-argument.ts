/** The errors of arguments, in the words of Bun. */
import { inspect } from "node:util";
import { outOfRange, wrongType, wrongValue } from "./argument-error.ts";

/** @param what such as "argument 'port'" */
export function invalidValue(what: string, due: string, value: unknown): TypeError {
  return wrongValue(`The ${what} must be ${due}. Received ${inspect(value)}`);
}

/** @param name of an argument or a property */
export function invalidType(
  name: string,
  type: string,
  value: unknown,
  what: "argument" | "property" = "argument",
): TypeError {
  const received =
    value === undefined || value === null ? String(value) : `type ${typeof value} (${inspect(value)})`;
  return wrongType(`The "${name}" ${what} must be of type ${type}. Received ${received}`);
}

/**
 * A property that is a number of milliseconds.
 * @throws TypeError for what is no number; RangeError for a fraction, and for a number below 0
 */
export function milliseconds(name: string, value: unknown): number {
  if (typeof value !== "number") throw invalidType(name, "number", value, "property");
  if (Number.isSafeInteger(value) && value >= 0) return value;
  const due = Number.isInteger(value) ? `>= 0 && <= ${Number.MAX_SAFE_INTEGER}` : "an integer";
  throw outOfRange(`The value of "${name}" is out of range. It must be ${due}. Received ${value}`);
}

/** The limit of times in seconds. */
export const UNDER_2_31 = "a non-negative integer less than 2^31";

export function isUnder2To31(seconds: number): boolean {
  return seconds >= 0 && seconds < 2 ** 31;
}
