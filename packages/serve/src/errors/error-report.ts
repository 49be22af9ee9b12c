import { inspect, types } from "node:util";
import { type SourceLine, sourceExcerpt } from "./source-excerpt.ts";
import { type Frame, parseStack } from "./stack.ts";
import { rememberTraces, traceOf } from "./trace.ts";

export interface ReportedFrame extends Frame {
  /** Empty for what is not the application's, or cannot be read. */
  readonly source: readonly SourceLine[];
}

/** What can be told of something that was thrown. */
export interface ErrorReport {
  /** The class, as it calls itself; `Thrown` for what is no error. */
  readonly name: string;
  readonly message: string;
  /** What else the error has, such as `code`: name and value. */
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly frames: readonly ReportedFrame[];
  readonly cause: ErrorReport | null;
  /** Those of an AggregateError. */
  readonly errors: readonly ErrorReport[];
}

/** How much a page tells. Errors nest and repeat as they like. */
const MAX_ERRORS = 20;
const MAX_SOURCES = 20;
const MAX_TEXT_LENGTH = 10_000;
const MAX_PROPERTIES = 20;
const INSPECT = { depth: 3, maxArrayLength: 20, maxStringLength: 1000, breakLength: 80 };

/** Never throws: anything can be thrown at us, also what has traps and getters that throw. */
export function reportError(thrown: unknown): ErrorReport {
  rememberTraces(thrown);
  return new Reporter().report(thrown);
}

class Reporter {
  readonly #seen = new Set<unknown>();
  #sources = MAX_SOURCES;

  report(thrown: unknown): ErrorReport {
    try {
      return isError(thrown) ? this.#reportError(thrown) : plain("Thrown", show(thrown));
    } catch {
      return plain("Thrown", "something that cannot be printed");
    }
  }

  #reportError(error: Error): ErrorReport {
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
      cause: Object.hasOwn(error, "cause") ? this.report(error.cause) : null,
      errors: Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).map((each) => this.report(each)) : [],
    };
  }

  #source(frame: Frame): SourceLine[] {
    if (!frame.readable || this.#sources === 0) return [];
    this.#sources--;
    return sourceExcerpt(frame.file, frame.line);
  }
}

/** Those that V8 vouches for; else what `stack` says, and then no file is read. */
function framesOf(error: Error, stack: string, message: string): Frame[] {
  const trace = traceOf(error);
  if (trace !== null) return parseStack(trace, "");
  return parseStack(stack, message).map((frame) => ({ ...frame, readable: false }));
}

function plain(name: string, message: string): ErrorReport {
  return { name, message, properties: [], frames: [], cause: null, errors: [] };
}

/** An error of another realm is one too. */
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
