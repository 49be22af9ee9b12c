import { relative, sep } from "node:path";
import { targetPath } from "../fetch/request-url.ts";
import type { ErrorReport, ReportedFrame } from "./error-report.ts";

/** The report as plain text, for terminals. */
export function errorText(report: ErrorReport, heading = ""): string {
  const lines = [`${heading}${titleOf(report)}`];
  for (const [name, value] of report.properties) lines.push(`  ${name}: ${value}`);
  // A terminal gets one excerpt: more would scroll away.
  let excerpts = 1;
  for (const frame of report.frames) {
    lines.push(`    at ${placeOf(frame)}`);
    if (frame.source.length > 0 && excerpts-- > 0) lines.push("", ...excerpt(frame), "");
  }
  const nested = report.errors.map((error, i) => errorText(error, `Error ${i + 1}: `));
  if (report.cause !== null) nested.push(errorText(report.cause, "Caused by: "));
  return [lines.join("\n"), ...nested].join("\n\n");
}

export function titleOf({ name, message }: ErrorReport): string {
  return message === "" ? name : `${name}: ${message}`;
}

/** Function, file, line and column. Paths within the working directory are relative. */
export function placeOf(frame: ReportedFrame): string {
  const place = frame.line === 0 ? frame.file : `${shortPath(frame.file)}:${frame.line}:${frame.column}`;
  return frame.name === "" ? place : `${frame.name} (${place})`;
}

export function shortPath(file: string): string {
  const folder = workingDirectory();
  return folder !== null && file.startsWith(folder + sep) ? relative(folder, file) : file;
}

/** Null if the directory has been removed: `process.cwd()` throws then, and this function must not. */
function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/**
 * The line below a source line, with a caret at a column. It keeps the tabs, so that the caret is below its column at any tab width.
 * @returns null if the source line has been cut in front of the column
 */
export function caretOf(text: string, column: number): string | null {
  return column > text.length + 1 ? null : `${text.slice(0, column - 1).replace(/[^\t]/g, " ")}^`;
}

function excerpt({ source, line, column }: ReportedFrame): string[] {
  const width = String(source.at(-1)!.number).length;
  return source.flatMap(({ number, text }) => {
    const mark = number === line ? ">" : " ";
    const row = `    ${mark} ${String(number).padStart(width)} | ${text}`;
    const caret = number === line ? caretOf(text, column) : null;
    return caret === null ? [row] : [row, `      ${" ".repeat(width)} | ${caret}`];
  });
}

const MAX_REQUEST_LENGTH = 200;
const PRINTABLE = /^[ -~]*$/;

/**
 * A request's method and path, and its route if that is another text, for the log. The query is left out: it may be secret. No
 * character of it acts on a terminal.
 * @param head has the target of its request line
 * @param route the pattern; null if there is none
 */
export function describeRequest(
  { method, target }: { readonly method: string; readonly target: string },
  route: string | null = null,
): string {
  const path = targetPath(target);
  const request = printable(`${method} ${path}`);
  return route === null || route === path ? request : `${request} (route ${printable(route)})`;
}

function printable(text: string, maxLength: number = MAX_REQUEST_LENGTH): string {
  const shown = text.slice(0, maxLength);
  if (PRINTABLE.test(shown)) return shown;
  // A route is the application's, of any characters. Half of one cannot be encoded.
  return shown.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[^ -~]/gu, encodeURIComponent);
}

const MAX_VALUE_LENGTH = 60;

/** A short description of a value, for an error message. A value may be a whole page, or what a client has sent: no character of it acts on a terminal. */
export function describeValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return Object.prototype.toString.call(value);
  if (typeof value === "function")
    return value.name === "" ? "a function" : `the function ${shortened(value.name)}`;
  return typeof value === "string" ? `"${shortened(value)}"` : shortened(String(value));
}

function shortened(text: string): string {
  return `${printable(text, MAX_VALUE_LENGTH)}${text.length > MAX_VALUE_LENGTH ? "…" : ""}`;
}
