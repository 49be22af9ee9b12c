import { wrongValue } from "../base/argument-error.ts";

/** @throws TypeError for a NUL, at which SQLite would end the name */
export function assertNoNull(argument: string, value: string): void {
  if (!value.includes("\0")) return;
  const shown = JSON.stringify(value).slice(1, -1).replaceAll("\\u0000", "\\x00");
  throw wrongValue(`The argument '${argument}' must be a string without null bytes. Received '${shown}'`);
}
