import type { Import } from "es-module-lexer";
import { isProgram, pathOf } from "../resolve/module-url.ts";
import { resolvedURL } from "../resolve/resolve.ts";
import { readText } from "../source/read-text.ts";
import { offsetOf, withPlace } from "../source/source-error.ts";
import { isStatement, scanImports } from "../syntax/scan-imports.ts";
import { transform } from "../transform/transform.ts";
import { compilerOptionsFor } from "../transform/transform-options.ts";
import { nativeError } from "./native-error.ts";

/** V8 has compiled the module, and tells no file. */
const OF_COMPILATION = /\n {4}at compileSourceTextModule /;
/** A facade has not found an export of CommonJS. */
const OF_FACADE = /\n {4}at namedOf /;
const MISSING = /^Export named '(.*)' not found in module '(.*)'\.$/s;
/** For CommonJS Node.js has the place above the stack. */
const PLACE = /^(.+):(\d+)\n.*\n( *)\^+\n+SyntaxError: /;
/** Beyond it the search ends. */
const MAX_MODULES = 5000;

/**
 * Gives a syntax error of JavaScript in a package its place, which Node.js keeps to itself for an ES module. V8 is the first reader of that JavaScript.
 *
 * @param entry URL of the module whose imports lead there: its statements, or its dynamic imports
 * @returns another error if the given one comes from the thread of the hooks
 */
export function withSyntaxPlace(error: unknown, entry: string, by: ImportKind): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const { stack = "" } = error;
  if (OF_FACADE.test(stack)) return withStatement(error, entry, by);
  if (OF_COMPILATION.test(stack)) {
    const fault = findFault(entry, by);
    return fault === null ? error : withPlace(error, fault.path, fault.text, fault.at);
  }
  const [, path, line, indent] = PLACE.exec(stack) ?? [];
  const text = path === undefined ? null : codeOf(path);
  if (text !== null) return withPlace(error, path!, text, offsetOf(text, Number(line), indent!.length + 1));
  return nativeError(error);
}

/** How a module imports another one. */
type ImportKind = "statements" | "dynamic imports";

interface Fault {
  readonly path: string;
  readonly text: string;
  readonly at: number;
}

function findFault(entry: string, by: ImportKind): Fault | null {
  for (const { url, path, text } of modulesFrom(entry, by, () => true)) {
    const at = isProgram(url) ? null : faultIn(path, text);
    if (at !== null) return { path, text, at };
  }
  return null;
}

/** The error with the place of the program's statement that imports what is not there. */
function withStatement(error: SyntaxError, entry: string, by: ImportKind): SyntaxError {
  const [, name = "", missing] = MISSING.exec(error.message) ?? [];
  for (const { path, text, imports } of modulesFrom(entry, by, isProgram)) {
    for (const { found, target } of imports) {
      const isTarget = target !== null && pathOf(target) === missing;
      if (isTarget && text.slice(found.importStart, found.start).includes(name))
        return withPlace(error, path, text, found.start - 1);
    }
  }
  return error;
}

interface ReadModule {
  readonly url: string;
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly found: Import; readonly target: string | null }[];
}

/** The modules that imports lead to, the nearest first. */
function* modulesFrom(
  entry: string,
  by: ImportKind,
  isFollowed: (url: string) => boolean,
): Generator<ReadModule> {
  const urls = new Set([entry]);
  for (const url of urls) {
    const path = pathOf(url);
    if (path === null || urls.size > MAX_MODULES || !isFollowed(url)) continue;
    const text = codeOf(path);
    if (text === null) continue;
    const isDynamic = url === entry && by === "dynamic imports";
    const imports = scanImports(text).map((found) => {
      const specifier = isDynamic ? dynamicSpecifier(found) : staticSpecifier(found);
      return { found, target: specifier === null ? null : resolvedURL(specifier, url, "import") };
    });
    yield { url, path, text, imports };
    for (const { target } of imports) if (target !== null) urls.add(target);
  }
}

function staticSpecifier(found: Import): string | null {
  return isStatement(found) && !found.typeOnly ? found.specifier : null;
}

/** Null for one that the program computes. */
function dynamicSpecifier(found: Import): string | null {
  return found.type === "dynamic" && !found.glob ? (found.specifier ?? null) : null;
}

/** The text of a file with code; null for any other. */
function codeOf(path: string): string | null {
  return /\.(?:[mc]?[jt]s|[jt]sx)$/.test(path) ? readText(path) : null;
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
