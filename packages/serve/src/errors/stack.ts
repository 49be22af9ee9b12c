import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";

/** Whose code a frame is in: the application's, a package's, or the runtime's. */
export type FrameOwner = "application" | "package" | "runtime";

export interface Frame {
  readonly owner: FrameOwner;
  /** The function, as V8 names it; empty at the top of a module. */
  readonly name: string;
  /** Path of a file, or what V8 says in place of one. */
  readonly file: string;
  /** From 1; 0 if unknown. */
  readonly line: number;
  readonly column: number;
  /** The file may be read. */
  readonly readable: boolean;
}

/** More are of no use to a reader; `Error.stackTraceLimit` may be infinite. */
const MAX_FRAMES = 50;
/** Longer lines are not V8's, and patterns take time. */
const MAX_LINE_LENGTH = 1000;

const FRAME = /^ {4}at (?:(.+?) \((.+)\)|(.+))$/;
const LOCATION = /^(.+?):([0-9]+):([0-9]+)$/;
const SOURCE_FILE = /\.[cm]?[jt]sx?$/;

/** This package's own code, which is no more the application's than Node.js's. */
const OWN_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/**
 * Takes V8's stack trace apart.
 *
 * The message comes first in it, and may hold a visitor's text: one that looks like a frame must not have a file of its
 * choice shown. So frames are looked for behind the message; where that is not found, no file is readable.
 */
export function parseStack(stack: string, message: string): Frame[] {
  const at = stack.indexOf(message);
  const trace = at < 0 ? stack : stack.slice(at + message.length);
  const frames: Frame[] = [];
  for (const line of trace.split("\n")) {
    if (frames.length === MAX_FRAMES) break;
    const match = line.length > MAX_LINE_LENGTH ? null : FRAME.exec(line);
    if (match !== null) frames.push(parseFrame(match[1] ?? "", match[2] ?? match[3] ?? "", at >= 0));
  }
  return frames;
}

function parseFrame(name: string, location: string, trusted: boolean): Frame {
  const match = LOCATION.exec(location.replace(/^async /, ""));
  if (match === null) return { owner: "runtime", name, file: location, line: 0, column: 0, readable: false };
  const file = toPath(match[1]!);
  const owner = ownerOf(file);
  const readable = trusted && owner === "application" && SOURCE_FILE.test(file);
  return { owner, name, file, line: Number(match[2]), column: Number(match[3]), readable };
}

function ownerOf(file: string): FrameOwner {
  if (!isAbsolute(file)) return "runtime";
  return /[\\/]node_modules[\\/]/.test(file) || file.startsWith(OWN_FOLDER) ? "package" : "application";
}

function toPath(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}

type PrepareStackTrace = (error: Error, sites: NodeJS.CallSite[]) => unknown;

/** Errors nest, and may do so in circles. */
const MAX_ERRORS = 20;

/** Stack traces that V8 made for us, without the text of the errors. */
const traces = new WeakMap<object, string>();

/**
 * Keeps where an error and its causes come from, before something else has looked at their `stack`: the error's own text is
 * written when it is read first, and belongs to the application from then on. It may hold a visitor's text, in the message or in
 * place of the whole, with lines that look like frames.
 */
export function keepTraces(thrown: unknown): void {
  const waiting: unknown[] = [thrown];
  const seen = new Set<unknown>();
  while (waiting.length > 0 && seen.size < MAX_ERRORS) {
    const next = waiting.shift();
    if (!types.isNativeError(next) || seen.has(next)) continue;
    seen.add(next);
    try {
      if (!traces.has(next)) keepTrace(next);
      const { cause, errors } = next as { cause?: unknown; errors?: unknown };
      waiting.push(cause, ...(Array.isArray(errors) ? errors.slice(0, MAX_ERRORS) : []));
    } catch {
      // A getter of the application's, or an `Error` that cannot be changed.
    }
  }
}

/** A stack trace that holds nothing but frames; null if V8 does not vouch for any. */
export function traceOf(error: object): string | null {
  return traces.get(error) ?? null;
}

/** Reads `stack` with V8's call sites at hand: V8 gives them once, when it is read first. */
function keepTrace(error: Error): void {
  const previous = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const format = Error.prepareStackTrace as PrepareStackTrace | undefined;
  const write = (of: Error, sites: NodeJS.CallSite[]): unknown =>
    typeof format === "function"
      ? format.call(Error, of, sites)
      : [String(of), ...sites.map(frameLine)].join("\n");
  try {
    Error.prepareStackTrace = (of: Error, sites: NodeJS.CallSite[]): unknown => {
      if (of === error) {
        // Code that was made of text has the file name that this text gives it.
        const inFiles = sites.filter((site) => !site.isEval() && typeof site.getFileName() === "string");
        const trace = write(namelessError(), inFiles);
        traces.set(
          error,
          typeof trace === "string" ? trace : ["Error", ...inFiles.map(frameLine)].join("\n"),
        );
      }
      return write(of, sites);
    };
    void error.stack;
  } finally {
    if (previous === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
    else Object.defineProperty(Error, "prepareStackTrace", previous);
  }
}

function frameLine(site: NodeJS.CallSite): string {
  return `    at ${String(site)}`;
}

/** Its text is "Error", and cannot be read for anything else. */
function namelessError(): Error {
  return Object.create(Error.prototype, { stack: { value: "Error" }, message: { value: "" } }) as Error;
}
