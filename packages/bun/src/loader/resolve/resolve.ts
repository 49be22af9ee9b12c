/** Finds the modules of a Bun program. Each way in which Node.js asks for a module calls these functions. */
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { builtinModule } from "../../base/builtin-modules.ts";
import { findFile, type ImportKind, realPath } from "./find-file.ts";
import { findImport, findInPackage } from "./find-package.ts";
import { isOwn, pathOf } from "./module-url.ts";
import { tsconfigOf } from "./tsconfig.ts";
import { virtualText } from "./virtual-module.ts";

export type { ImportKind } from "./find-file.ts";

/**
 * The fixed URL of a specifier, or null.
 * @throws Error for a module of Bun that is not there
 */
export function replacedURL(specifier: string, importer?: string): string | null {
  const path = specifier.startsWith("file:") ? pathOf(specifier) : null;
  if (path !== null && virtualText(path) !== null) return specifier;
  return builtinModule(specifier, importer);
}

/** The whole name of a module of Node.js; null for any other specifier. */
export function builtinName(specifier: string): string | null {
  if (!isBuiltin(specifier)) return null;
  return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
}

/**
 * Packages that a program need not install; one that it has installed counts before ours. Bun has `ws` and `undici` built in, and Vite asks for `ws` where
 * Bun is. The others are the runtime of programs that `mantou build` has made.
 */
const BUILT_IN: ReadonlySet<string> = new Set(["ws", "undici", "@mantou/bun", "@mantou/bun/sqlite"]);
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

/** What asks, by the conditions that a hook is given. */
export function kindOf(conditions: Iterable<string> = []): ImportKind {
  for (const condition of conditions) if (condition === "require") return "require";
  return "import";
}

/**
 * The URL of the file that Bun takes for a specifier: whole or without its extension, a folder's, one of the nearest tsconfig's `paths`, of
 * `imports` of a package.json, or of a package.
 *
 * @param importer URL of the module that asks
 * @returns null for what Node.js finds by itself, or reports: its own modules, those that are no files, and what is missing
 */
export function resolvedURL(
  specifier: string,
  importer: string | undefined,
  kind: ImportKind,
): string | null {
  if (isBuiltin(specifier)) return null;
  // Our own modules are found by Node.js alone, which knows their names. The program's entry is none of them.
  const isEntry = specifier.startsWith("file:") && !isOwn(specifier);
  if (importer !== undefined && isOwn(importer) && !isEntry) return null;
  const folder = importer === undefined ? null : folderOf(importer);
  if (folder === null && !specifier.startsWith("file:")) return null;
  const found =
    findModule(specifier, folder ?? "", kind) ??
    (BUILT_IN.has(specifier) ? findModule(specifier, OWN_FOLDER, kind) : null);
  if (found === null) return null;
  return pathToFileURL(realPath(found.file)).href + found.query;
}

/** As in Bun, code that is in no file, such as a worker's Blob, imports as a module of the working directory does. */
function folderOf(importer: string): string | null {
  if (importer.startsWith("data:")) return process.cwd();
  const path = pathOf(importer);
  return path === null ? null : dirname(path);
}

interface FoundModule {
  readonly file: string;
  /** With its `?`; another query makes another module of the same file. */
  readonly query: string;
}

/** The file of a module by its specifier in a module of that folder; null if there is none. */
export function findModule(specifier: string, folder: string, kind: ImportKind): FoundModule | null {
  const mark = specifier.indexOf("?");
  const name = mark < 0 ? specifier : specifier.slice(0, mark);
  const file = name.startsWith("file:") ? findFileURL(name, kind) : findNamed(name, folder, kind);
  return file === null ? null : { file, query: mark < 0 ? "" : specifier.slice(mark) };
}

function findNamed(name: string, folder: string, kind: ImportKind): string | null {
  if (/^\.{1,2}(?:[\\/]|$)/.test(name)) {
    // "." and ".." are folders, like names with a slash at their end.
    return findFile(/(?:^|[\\/])\.{1,2}$/.test(name) ? `${join(folder, name)}/` : join(folder, name), kind);
  }
  if (isAbsolute(name)) return findFile(name, kind) ?? findByPaths(name, folder, kind);
  if (OTHER_SCHEME.test(name)) return null;
  const byPaths = findByPaths(name, folder, kind);
  if (byPaths !== null) return byPaths;
  if (name.startsWith("#")) {
    const found = findImport(name, folder, kind);
    if (found === null || "file" in found) return found?.file ?? null;
    return isBuiltin(found.specifier) ? null : findInPackage(found.specifier, found.folder, kind);
  }
  // Yarn's Plug'n'Play has no node_modules; its resolver stands behind that of Node.js.
  return process.versions["pnp"] === undefined ? findInPackage(name, folder, kind) : null;
}

/** Modules that are no files. */
const OTHER_SCHEME = /^(?:node|bun|data|blob|https?):/;

function findByPaths(name: string, folder: string, kind: ImportKind): string | null {
  for (const path of tsconfigOf(folder)?.matchPaths?.(name) ?? []) {
    // Declarations describe a module that is somewhere else.
    const file = /\.d\.[mc]?ts$/.test(path) ? null : findFile(path, kind);
    if (file !== null) return file;
  }
  return null;
}

function findFileURL(url: string, kind: ImportKind): string | null {
  try {
    return findFile(fileURLToPath(url), kind);
  } catch {
    return null;
  }
}
