import type { LogEntry, LogFormat } from "../api/log.ts";

/** The line of an entry, without a line break. */
export const FORMATS: Readonly<Record<LogFormat, (entry: LogEntry) => string>> = {
  common,
  combined: (entry) => `${common(entry)} "${quoted(entry.referer)}" "${quoted(entry.userAgent)}"`,
  json,
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The Common Log Format: host, two fields for names of the user, which are always `-`, time in UTC, request line, status, bytes of the content. */
function common({ remoteAddress, time, method, url, httpVersion, status, bytes }: LogEntry): string {
  const line = method === null ? "-" : escaped(`${method} ${url} HTTP/${httpVersion}`);
  return `${remoteAddress ?? "-"} - - [${clock(time)}] "${line}" ${status} ${bytes === 0 ? "-" : bytes}`;
}

/** `29/Nov/2026:17:44:46 +0000` */
function clock(time: Date): string {
  const iso = time.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}:${iso.slice(11, 19)} +0000`;
}

function quoted(value: string | null): string {
  return value === null || value === "" ? "-" : escaped(value);
}

/**
 * A client must not write a line of its own, end a quoted field, or act on a terminal. Each byte that could is written as `\x` and two hexadecimal
 * digits, as nginx does.
 */
function escaped(text: string): string {
  return text.replace(
    /[^ !#-[\]-~]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** One object a line. `JSON.stringify` leaves DEL and the control characters behind it as they are, on which terminals act, and U+2028 and U+2029. */
function json({ time, ...rest }: LogEntry): string {
  return JSON.stringify({
    time: time.toISOString(),
    ...rest,
    duration: Math.round(rest.duration * 1000) / 1000,
  }).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
