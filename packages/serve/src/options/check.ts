// biome-ignore lint/suspicious/noExplicitAny: a handler of any data type
export type Handler = (...args: any[]) => unknown;

/**
 * An integer from `least` to `most`.
 * @throws RangeError for another number, TypeError for a value that is not a number; both name the option and the value
 */
export function checkInteger(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const ErrorClass = typeof value === "number" ? RangeError : TypeError;
  throw new ErrorClass(`${name} must be an integer from ${least} to ${most}, not ${shown(value)}`);
}

/**
 * An integer from 0 to `maximum`.
 * @throws as `checkInteger`
 */
export function resolveInteger(value: unknown, name: string, maximum: number, fallback: number): number {
  return value === undefined || value === null ? fallback : checkInteger(value, name, 0, maximum);
}

/** @throws TypeError that names the option and the value */
export function optionalFunction(value: unknown, name: string): Handler | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "function") throw new TypeError(`${name} must be a function, not ${shown(value)}`);
  return value as Handler;
}

/** @throws TypeError that names the option and the value */
export function optionalBoolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw new TypeError(`${name} must be a boolean, not ${shown(value)}`);
  return value;
}

/** @throws TypeError that names the option and the value, also for an empty string */
export function optionalString(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "")
    throw new TypeError(`${name} must be a non-empty string, not ${shown(value)}`);
  return value;
}

/** What an error text says of a wrong value. An object's own text says nothing, or throws. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
