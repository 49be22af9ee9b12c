import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { HELPER } from "./commonjs-facade.ts";
import { dataModule } from "./data-module.ts";
import { isOwn, isProgram, pathOf } from "./hot-mark.ts";
import { withNames } from "./import-names.ts";
import { isFunctionBody } from "./module-format.ts";
import type { ImportKind } from "./resolve.ts";
import { transform } from "./transform.ts";
import { virtualText } from "./virtual-module.ts";

/** A module as Node.js takes it from a `load` hook. */
export interface LoadedModule {
  readonly format: "module" | "commonjs" | "json";
  readonly source: string;
}

/** What `with { … }` of an import says. */
export type ImportAttributes = Readonly<Record<string, string>>;

/** Files that Node.js cannot read, or not on all its lines: they are transformed wherever they are. */
const TYPED: Readonly<Record<string, "ts" | "tsx" | "jsx">> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".jsx": "jsx",
};

/**
 * Reads a module as Bun does. Synchronous: both kinds of hooks and `require` call it.
 *
 * @param url its URL, which may have the mark of a reload
 * @param kind what asks for it: `require` gives the value of a file that is no code, an import a module
 * @returns null for what Node.js reads by itself: its own modules, and JavaScript of `node_modules`
 * @throws a `SyntaxError` that names file, line and column
 */
export function loadModule(
  url: string,
  attributes: ImportAttributes = {},
  kind: ImportKind = "import",
): LoadedModule | null {
  const path = pathOf(url);
  if (path === null || isOwn(url)) return null;
  const data = dataModule(path, attributes["type"], kind === "require");
  if (data !== null) return data;
  const ending = extname(path);
  const virtual = virtualText(path);
  // As in Bun, code without an extension may be of any kind.
  const lang = TYPED[ending] ?? (virtual !== null || (ending === "" && isProgram(url)) ? "tsx" : undefined);
  if (lang !== undefined) {
    return moduleOf(ending, transform(path, virtual ?? readFileSync(path, "utf8"), lang));
  }
  if ((ending === ".js" || ending === ".mjs") && isProgram(url)) {
    return moduleOf(ending, readFileSync(path, "utf8"));
  }
  return null;
}

function moduleOf(ending: string, source: string): LoadedModule {
  const format = formatOf(ending, source);
  return { format, source: format === "module" ? withNames(source, HELPER) : source };
}

function formatOf(ending: string, source: string): "module" | "commonjs" {
  if (ending === ".mts" || ending === ".mjs") return "module";
  if (ending === ".cts" || ending === ".cjs") return "commonjs";
  return isFunctionBody(source) ? "commonjs" : "module";
}
