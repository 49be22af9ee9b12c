import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { compileCached } from "../cache/transform-cache.ts";
import { dataModule } from "../data/data-module.ts";
import { loaderOf } from "../data/extension-loaders.ts";
import { isCode, type Lang } from "../data/formats.ts";
import { isOwn, isProgram, pathOf } from "../resolve/module-url.ts";
import type { ImportKind } from "../resolve/resolve.ts";
import { virtualText } from "../resolve/virtual-module.ts";
import { noteRead } from "../source/read-files.ts";
import { withAttributes } from "../syntax/import-attributes.ts";
import { inFront, needsOf } from "../syntax/module-names.ts";
import { compilerOptionsFor } from "../transform/transform-options.ts";

/** A module as Node.js takes it from a `load` hook. */
export interface LoadedModule {
  readonly format: "module" | "commonjs" | "json";
  readonly source: string;
}

/** What `with { … }` of an import says. */
export type ImportAttributes = Readonly<Record<string, string>>;

/** Files that Node.js cannot read, or not on all its lines: they are compiled wherever they are. */
const TYPED: Readonly<Record<string, Lang>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".jsx": "jsx",
};
/** Files that are compiled if they are the program's. As in Bun, code without an extension may be of any kind. */
const SCRIPTS: Readonly<Record<string, Lang>> = { ".js": "js", ".mjs": "js", ".cjs": "js", "": "tsx" };

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
  const given = loaderOf(ending);
  const lang =
    (given !== undefined && isCode(given) ? given : TYPED[ending]) ??
    (virtual === null && !isProgram(url) ? null : SCRIPTS[virtual === null ? ending : ""]);
  if (lang == null) {
    // Such as JSON that is required.
    noteRead(path);
    return null;
  }
  if (virtual === null) noteRead(path);
  return compileCached(path, virtual ?? readFileSync(path, "utf8"), lang, compilerOptionsFor(path));
}

/** What Node.js has loaded by itself. */
interface LoadedByNode {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/** Gives an ES module of `node_modules` the names that it finds on Bun, and reads its import attributes as Bun does. */
export function withNamesOfBun<Loaded extends LoadedByNode>(url: string, loaded: Loaded): Loaded {
  const { format, source } = loaded;
  if (format !== "module" || source == null || isOwn(url) || pathOf(url) === null) return loaded;
  const text = typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
  const code = withAttributes(text);
  const { prelude } = needsOf(code);
  return prelude === "" && code === text ? loaded : { ...loaded, source: inFront(prelude, code) };
}
