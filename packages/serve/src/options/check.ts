// biome-ignore lint/suspicious/noExplicitAny: a handler of any data type
export type Handler = (...args: any[]) => unknown;

/**
 * An integer from 0 to `maximum`.
 * @throws RangeError for another number, TypeError for a value that is not a number
 */
export function resolveInteger(value: unknown, name: string, maximum: number, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  const ErrorClass = typeof value === "number" ? RangeError : TypeError;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new ErrorClass(`${name} must be an integer from 0 to ${maximum}, not ${shown}`);
}

/** @throws TypeError that names the option */
export function optionalFunction(value: unknown, name: string): Handler | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
  return value as Handler;
}

/** @throws TypeError that names the option */
export function optionalBoolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw new TypeError(`${name} must be a boolean`);
  return value;
}

/** @throws TypeError that names the option, also for an empty string */
export function optionalString(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a non-empty string`);
  return value;
}
