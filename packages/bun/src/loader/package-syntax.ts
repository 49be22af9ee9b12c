import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { types } from "node:util";
import { isProgram, pathOf } from "./hot-mark.ts";
import { resolvedURL } from "./resolve.ts";
import { withPlace } from "./source-error.ts";
import { transform } from "./transform.ts";
import { compilerOptionsFor } from "./transform-options.ts";

const require = createRequire(import.meta.url);

/** V8 has compiled the module, and tells no file. */
const OF_COMPILATION = /\n {4}at compileSourceTextModule /;
/** For CommonJS Node.js has the place above the stack. */
const PLACE = /^(.+):(\d+)\n.*\n( *)\^+\n+SyntaxError: /;
/** Beyond it the search ends. */
const MAX_MODULES = 5000;

/**
 * Gives a syntax error of JavaScript in a package its place, which Node.js keeps to itself for an ES module. V8 is the first reader of that JavaScript.
 *
 * @param entry URL of the module whose imports lead there
 * @returns another error if the given one comes from the thread of the hooks: its copy is no native error, which shows when it is printed
 */
export function withSyntaxPlace(error: unknown, entry: string): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const { stack = "" } = error;
  if (OF_COMPILATION.test(stack)) {
    const fault = findFault(entry);
    return fault === null ? error : withPlace(error, fault.path, fault.text, fault.at);
  }
  const [, path, line, indent] = PLACE.exec(stack) ?? [];
  const text = path === undefined ? null : readText(path);
  if (text !== null) return withPlace(error, path!, text, offsetOf(text, Number(line), indent!.length + 1));
  return types.isNativeError(error) &&
    Object.hasOwn(error, "stack") &&
    Object.getPrototypeOf(error) === SyntaxError.prototype
    ? error
    : Object.assign(new SyntaxError(error.message), { stack });
}

interface Fault {
  readonly path: string;
  readonly text: string;
  readonly at: number;
}

function findFault(entry: string): Fault | null {
  const { parse } = require("es-module-lexer") as typeof import("es-module-lexer");
  const found = new Set([entry]);
  for (const url of found) {
    const path = pathOf(url);
    if (path === null || found.size > MAX_MODULES) continue;
    const text = readText(path);
    if (text === null) continue;
    const at = isProgram(url) ? null : faultIn(path, text);
    if (at !== null) return { path, text, at };
    try {
      for (const each of parse(text)[0]) {
        if (each.type !== "static" && each.type !== "reexport-star") continue;
        const next = each.typeOnly ? null : resolvedURL(each.specifier, url, "import");
        if (next !== null) found.add(next);
      }
    } catch {
      // JSX, or what the lexer does not know.
    }
  }
  return null;
}

function readText(path: string): string | null {
  try {
    return /\.(?:[mc]?[jt]s|[jt]sx)$/.test(path) ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

/** Lines and columns count from 1. */
function offsetOf(text: string, line: number, column: number): number {
  const before = text.split(/(?<=\r\n|[\n\r\u2028\u2029])/).slice(0, line - 1);
  return before.join("").length + column - 1;
}

/** The offset of a syntax error; null if there is none. */
function faultIn(path: string, text: string): number | null {
  try {
    transform(path, text, "js", compilerOptionsFor(path));
    return null;
  } catch (error) {
    const [, line, column] = /:(\d+):(\d+)\n/.exec((error as Error).stack ?? "") ?? [];
    if (line === undefined || column === undefined) return null;
    return offsetOf(text, Number(line), Number(column));
  }
}
