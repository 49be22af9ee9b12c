import { findSourceMap, type SourceMapping } from "node:module";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";

/** The owner of a frame's code: the application, a package, or the runtime. */
export type FrameOwner = "application" | "package" | "runtime";

export interface Frame {
  readonly owner: FrameOwner;
  /** V8's name of the function; empty at the top of a module. */
  readonly name: string;
  /** The path of a file, or V8's text in place of one. */
  readonly file: string;
  /** From 1; 0 if it is not known. */
  readonly line: number;
  readonly column: number;
  /** The file may be read. */
  readonly readable: boolean;
}

/** More frames are of no use to a reader; `Error.stackTraceLimit` may be infinite. */
const MAX_FRAMES = 50;
/** Longer lines are not V8's, and patterns would take long. */
const MAX_LINE_LENGTH = 1000;

const FRAME = /^ {4}at (?:(.+?) \((.+)\)|(.+))$/;
const LOCATION = /^(.+?):([0-9]+):([0-9]+)$/;
const SOURCE_FILE = /\.[cm]?[jt]sx?$/;

/** The folder of this package, whose code is not the application's. */
const OWN_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/**
 * Takes V8's stack trace apart.
 *
 * The trace begins with the message, which may contain a visitor's text. A text that looks like a frame must not make the page show a
 * file of its choice. So frames are searched behind the message. If the message is not found, no file is readable.
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

/** Errors nest, also in circles. */
const MAX_ERRORS = 20;

/** Stack traces of V8, without the text of the errors. */
const traces = new WeakMap<object, string>();

/**
 * Keeps the traces of an error and its causes before other code reads their `stack`. The first read writes that text, which belongs to
 * the application from then on. It may contain a visitor's text, in the message or in place of the whole, with lines that look like
 * frames.
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
      // A getter of the application has thrown, or the error is frozen.
    }
  }
}

/** A stack trace of frames only; null if V8 gave none. */
export function traceOf(error: object): string | null {
  return traces.get(error) ?? null;
}

/** Reads `stack` together with V8's call sites, which V8 gives at the first read only. */
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
        // Evaluated code chooses its file name by itself.
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

/** With the place in the author's file, where the process has source maps, as in V8's own text then. */
function frameLine(site: NodeJS.CallSite): string {
  const line = `    at ${String(site)}`;
  const file = site.getFileName();
  const map = file === null || !process.sourceMapsEnabled ? undefined : findSourceMap(file);
  if (map === undefined) return line;
  const row = site.getLineNumber()!;
  const column = site.getColumnNumber()!;
  const found = map.findEntry(row - 1, column - 1) as Partial<SourceMapping>;
  if (found.originalSource === undefined) return line;
  const place = `${toPath(found.originalSource)}:${found.originalLine! + 1}:${found.originalColumn! + 1}`;
  return line.replace(`${file}:${row}:${column}`, () => place);
}

/** An error whose text is "Error", without a visitor's text. */
function namelessError(): Error {
  return Object.create(Error.prototype, { stack: { value: "Error" }, message: { value: "" } }) as Error;
}
