import { types } from "node:util";

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
export function rememberTraces(thrown: unknown): void {
  const waiting: unknown[] = [thrown];
  const seen = new Set<unknown>();
  while (waiting.length > 0 && seen.size < MAX_ERRORS) {
    const next = waiting.shift();
    if (!types.isNativeError(next) || seen.has(next)) continue;
    seen.add(next);
    try {
      if (!traces.has(next)) remember(next);
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
function remember(error: Error): void {
  const previous = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const format = Error.prepareStackTrace as PrepareStackTrace | undefined;
  const write = (of: Error, sites: NodeJS.CallSite[]): unknown =>
    typeof format === "function"
      ? format.call(Error, of, sites)
      : [String(of), ...sites.map(frame)].join("\n");
  try {
    Error.prepareStackTrace = (of: Error, sites: NodeJS.CallSite[]): unknown => {
      if (of === error) {
        // Code that was made of text has the file name that this text gives it.
        const inFiles = sites.filter((site) => !site.isEval() && typeof site.getFileName() === "string");
        const trace = write(namelessError(), inFiles);
        traces.set(error, typeof trace === "string" ? trace : ["Error", ...inFiles.map(frame)].join("\n"));
      }
      return write(of, sites);
    };
    void error.stack;
  } finally {
    if (previous === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
    else Object.defineProperty(Error, "prepareStackTrace", previous);
  }
}

function frame(site: NodeJS.CallSite): string {
  return `    at ${String(site)}`;
}

/** Its text is "Error", and cannot be read for anything else. */
function namelessError(): Error {
  return Object.create(Error.prototype, { stack: { value: "Error" }, message: { value: "" } }) as Error;
}
