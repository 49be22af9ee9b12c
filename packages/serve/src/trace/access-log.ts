import type { LogEntry } from "../api/log.ts";
import { logError, logRejection } from "../errors/log.ts";
import type { Refusal } from "../http/observer.ts";
import type { ResolvedLog } from "../options/log-options.ts";
import { FORMATS } from "./log-formats.ts";
import { writeLine } from "./log-lines.ts";

const WHERE = "The function of log";

/**
 * Makes the function that takes the entries of an access log. It never throws: an error of the application's function goes to the log, and
 * the response has been given by then.
 */
export function makeAccessLog(log: ResolvedLog): (entry: LogEntry) => void {
  const { take } = log;
  if (take !== null) return (entry) => isolated(() => take(entry));
  const format = FORMATS[log.format];
  const write = log.write ?? writeLine;
  return (entry) => isolated(() => write(format(entry)));
}

/** The entry of what was refused before it was a request. */
export function refusalEntry({ head, status, remoteAddress }: Refusal): LogEntry {
  return {
    time: new Date(),
    remoteAddress: remoteAddress ?? null,
    method: head?.method ?? null,
    url: head?.target ?? null,
    httpVersion: head?.minor === 0 ? "1.0" : "1.1",
    route: null,
    status,
    bytes: 0,
    duration: 0,
    referer: null,
    userAgent: null,
    aborted: false,
  };
}

function isolated(task: () => unknown): void {
  try {
    logRejection(task(), WHERE);
  } catch (error) {
    logError(error, WHERE);
  }
}
