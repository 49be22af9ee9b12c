import type { LogEntry, LogFormat } from "../api/log.ts";
import { optionalFunction } from "./check.ts";

/** The option `log`, checked. */
export interface ResolvedLog {
  /** Takes entries in place of lines. */
  readonly take: ((entry: LogEntry) => unknown) | null;
  readonly format: LogFormat;
  /** Null for the standard output. */
  readonly write: ((line: string) => unknown) | null;
}

const FORMATS: ReadonlySet<string> = new Set<LogFormat>(["common", "combined", "json"]);

/**
 * @returns null without an access log
 * @throws TypeError that names the option
 */
export function resolveLog(option: unknown): ResolvedLog | null {
  if (option === undefined || option === null || option === false) return null;
  if (typeof option === "function")
    return { take: option as (entry: LogEntry) => unknown, format: "common", write: null };
  if (option !== true && (typeof option !== "object" || Array.isArray(option)))
    throw new TypeError("log must be a boolean, a function, or an object with format and write");
  const given: Readonly<Record<string, unknown>> = option === true ? {} : { ...option };
  const unknown = Object.keys(given).find((name) => name !== "format" && name !== "write");
  if (unknown !== undefined)
    throw new TypeError(`log has no option ${JSON.stringify(unknown)}; it has format and write`);
  const { format = "common" } = given;
  if (typeof format !== "string" || !FORMATS.has(format))
    throw new TypeError('log.format must be "common", "combined" or "json"');
  const write = optionalFunction(given["write"], "log.write") ?? null;
  return { take: null, format: format as LogFormat, write };
}
