import module from "node:module";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { pathOf } from "../resolve/module-url.ts";
import { builtinName, resolvedURL } from "../resolve/resolve.ts";
import { readText } from "../source/read-text.ts";
import { withPlace } from "../source/source-error.ts";
import { splitNames } from "../syntax/import-names.ts";
import { specifierOffset } from "../syntax/specifier-offset.ts";

const MISSING = /^The requested module '(.*)' does not provide an export named '(.*)'$/s;
/** Node.js writes the importer above the stack. */
const IMPORTER = /^(.+?):\d+\n/;

/**
 * Gives V8's error about an export that is not there Bun's message, and the place of the import statement. V8 knows the module by a specifier, which is ours
 * and not the program's. Any other error stays as it is.
 */
export function withMissingExport<Thrown>(error: Thrown): Thrown {
  if (!(error instanceof SyntaxError)) return error;
  const [, requested, name] = MISSING.exec(error.message) ?? [];
  if (requested === undefined) return error;
  const { specifier } = splitNames(requested);
  const { message } = error;
  const importer = importerOf(error);
  const found = moduleOf(specifier, importer);
  error.message =
    name === "default"
      ? `Missing 'default' export in module '${found}'.`
      : `Export named '${name}' not found in module '${found}'.`;
  const text = importer === null ? "" : (readText(importer) ?? "");
  const at = specifierOffset(specifier, text);
  if (importer !== null && at >= 0) return withPlace(error, importer, text, at);
  // The importer is a facade, or evaluated code.
  const { stack = "" } = error;
  error.stack = stack.slice(Math.max(stack.indexOf(error.name), 0)).replace(message, () => error.message);
  return error;
}

/** The path of the importing file. */
function importerOf({ stack = "" }: Error): string | null {
  const first = IMPORTER.exec(stack)?.[1];
  if (first === undefined || /^\w*Error\b/.test(first)) return null;
  return isAbsolute(first) ? first : pathOf(first);
}

function moduleOf(specifier: string, importer: string | null): string {
  const builtin = builtinName(specifier);
  if (builtin !== null) return builtin;
  const from = importer === null ? undefined : pathToFileURL(importer).href;
  const url = specifier.startsWith("file:") ? specifier : resolvedURL(specifier, from, "import");
  return (url === null ? null : pathOf(url)) ?? specifier;
}

/** `require` of an ES module throws V8's error, too. It is no documented method, yet many tools replace it, so that Node.js keeps it. */
interface Requiring {
  require(this: unknown, id: string): unknown;
}

/** From now on `require`, and what prints an error that nothing catches, have that message. A dynamic import has it by `imported` of `module-runtime`. */
export function reportMissingExports(): void {
  const requiring = module.prototype as unknown as Requiring;
  const original = requiring.require;
  requiring.require = function require(id) {
    try {
      return original.call(this, id);
    } catch (error) {
      // The comment tells Node.js not to show this line when nothing catches the error.
      throw withMissingExport(error); // node-do-not-add-exception-line
    }
  };
  process.on("uncaughtExceptionMonitor", withMissingExport);
}
