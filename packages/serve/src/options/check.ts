// biome-ignore lint/suspicious/noExplicitAny: handlers of every data type are kept in one place
export type Handler = (...args: any[]) => unknown;

/** @throws RangeError for a number out of range; TypeError for what is no number */
export function resolveInteger(value: unknown, name: string, maximum: number, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  const ErrorClass = typeof value === "number" ? RangeError : TypeError;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new ErrorClass(`${name} must be an integer from 0 to ${maximum}, not ${shown}`);
}

export function optionalFunction(value: unknown, name: string): Handler | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
  return value as Handler;
}

export function optionalBoolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw new TypeError(`${name} must be a boolean`);
  return value;
}

export function optionalString(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a non-empty string`);
  return value;
}
