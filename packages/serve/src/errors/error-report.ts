import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { inspect, types } from "node:util";
import { settled } from "../fetch/settled-stats.ts";
import { type Frame, keepTraces, parseStack, traceOf } from "./stack.ts";

export interface SourceLine {
  readonly number: number;
  readonly text: string;
}

export interface ReportedFrame extends Frame {
  /** Empty for a file that is not the application's, or cannot be read. */
  readonly source: readonly SourceLine[];
}

/** The description of a thrown value. */
export interface ErrorReport {
  /** The error's `name`; `Thrown` for a value that is not an error. */
  readonly name: string;
  readonly message: string;
  /** Other properties of the error, such as `code`: name and value. */
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly frames: readonly ReportedFrame[];
  readonly cause: ErrorReport | null;
  /** The errors of an AggregateError. */
  readonly errors: readonly ErrorReport[];
}

/** Bounds of a description. Errors may nest and repeat without limit. */
const MAX_ERRORS = 20;
const MAX_SOURCES = 20;
const MAX_TEXT_LENGTH = 10_000;
const MAX_PROPERTIES = 20;
const INSPECT = { depth: 3, maxArrayLength: 20, maxStringLength: 1000, breakLength: 80 };

/** Larger files are bundles, whose lines say nothing to a reader. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_LINE_LENGTH = 300;
const LINES_BEFORE = 5;
const LINES_BEHIND = 4;

/** Describes a thrown value. Never throws: any value can be thrown, also one whose traps and getters throw. */
export function describeError(thrown: unknown): ErrorReport {
  keepTraces(thrown);
  return new Describer().describe(thrown);
}

class Describer {
  readonly #seen = new Set<unknown>();
  #sources = MAX_SOURCES;

  describe(thrown: unknown): ErrorReport {
    try {
      return isError(thrown) ? this.#describeError(thrown) : plain("Thrown", show(thrown));
    } catch {
      return plain("Thrown", "something that cannot be printed");
    }
  }

  #describeError(error: Error): ErrorReport {
    if (this.#seen.has(error)) return plain(cut(text(error.name)), "the same error as above");
    if (this.#seen.size === MAX_ERRORS) return plain("More errors", "are not shown");
    this.#seen.add(error);
    const message = text(error.message);
    const stack = typeof error.stack === "string" ? error.stack : "";
    const { errors } = error as { errors?: unknown };
    return {
      name: cut(text(error.name)),
      message: cut(message),
      properties: properties(error),
      frames: framesOf(error, stack, message).map((frame) => ({ ...frame, source: this.#source(frame) })),
      cause: Object.hasOwn(error, "cause") ? this.describe(error.cause) : null,
      errors: Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).map((each) => this.describe(each)) : [],
    };
  }

  #source(frame: Frame): SourceLine[] {
    if (!frame.readable || this.#sources === 0) return [];
    this.#sources--;
    return sourceExcerpt(frame.file, frame.line);
  }
}

/** The frames that V8 gave. Otherwise those of the text of `stack`: no file is read for them. */
function framesOf(error: Error, stack: string, message: string): Frame[] {
  const trace = traceOf(error);
  if (trace !== null) return parseStack(trace, "");
  return parseStack(stack, message).map((frame) => ({ ...frame, readable: false }));
}

function plain(name: string, message: string): ErrorReport {
  return { name, message, properties: [], frames: [], cause: null, errors: [] };
}

/** An error of another realm is not an instance of this realm's `Error`. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function properties(error: Error): [string, string][] {
  return Object.keys(error)
    .filter((name) => !["name", "message", "stack", "cause", "errors"].includes(name))
    .slice(0, MAX_PROPERTIES)
    .map((name) => [cut(name), show(Reflect.get(error, name))]);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : show(value);
}

function show(value: unknown): string {
  return cut(typeof value === "string" ? value : inspect(value, INSPECT));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}…`;
}

/**
 * The lines around a line of a source file, read from disk now. Empty if the file cannot be read, is too large, or has no such
 * line. Never throws, and never waits, not even for a named pipe.
 */
export function sourceExcerpt(file: string, line: number): SourceLine[] {
  let lines: string[];
  try {
    lines = readLines(file);
  } catch {
    return [];
  }
  if (line < 1 || line > lines.length) return [];
  const first = Math.max(1, line - LINES_BEFORE);
  return lines
    .slice(first - 1, line + LINES_BEHIND)
    .map((text, i) => ({ number: first + i, text: text.slice(0, MAX_LINE_LENGTH) }));
}

function readLines(file: string): string[] {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = settled(fstatSync(descriptor));
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES) return [];
    return readFileSync(descriptor, "utf8").split(/\r?\n/);
  } finally {
    closeSync(descriptor);
  }
}
