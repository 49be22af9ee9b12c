import { realpathSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { packageIn } from "./package-json.ts";
import { isFile, statOf } from "./stat-of.ts";

/** What asks for a module: `import` and `import()`, or `require`. */
export type ImportKind = "import" | "require";

/** The extensions that Bun tries, in its order (found by removing files one by one). Dependencies prefer what was compiled. */
const PROGRAM: Readonly<Record<ImportKind, readonly string[]>> = {
  import: [".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json"],
  require: [".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json"],
};
const DEPENDENCY: Readonly<Record<ImportKind, readonly string[]>> = {
  import: [".mjs", ".jsx", ".mts", ".js", ".cjs", ".tsx", ".ts", ".cts", ".json", ".node"],
  require: [".jsx", ".cjs", ".js", ".mjs", ".mts", ".tsx", ".ts", ".cts", ".json", ".node"],
};
/** The same for the `main` of a package.json. */
const MAIN = [".js", ".cjs", ".cts", ".tsx", ".ts", ".jsx", ".mjs", ".mts", ".json", ".node"];

/** Extensions of compiled files, and of their TypeScript sources. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".mts"],
  ".jsx": [".ts", ".tsx", ".mts"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/**
 * The file that Bun takes for a path: the file itself, the path with an extension, the source of a compiled file, or a folder's module.
 *
 * @param path absolute; with a separator at its end it names a folder
 * @returns null if there is none
 */
export function findFile(path: string, kind: ImportKind): string | null {
  const endings = isDependency(path) ? DEPENDENCY[kind] : PROGRAM[kind];
  if (path.endsWith(sep) || path.endsWith("/")) {
    const folder = path.slice(0, -1);
    return statOf(folder)?.isDirectory() === true ? inFolder(folder, endings) : null;
  }
  return inPlaceOf(path, endings, (folder) => inFolder(folder, endings));
}

function inPlaceOf(
  path: string,
  endings: readonly string[],
  ofFolder: (folder: string) => string | null,
): string | null {
  const stats = statOf(path);
  if (stats?.isFile() === true) return path;
  const found = withEnding(path, endings) ?? sourceOf(path);
  if (found !== null) return found;
  return stats?.isDirectory() === true ? ofFolder(path) : null;
}

/** By `main`, or else by `module`, which many packages have beside an `index` that counts as their `main`. */
function inFolder(folder: string, endings: readonly string[]): string | null {
  const { main, module } = packageIn(folder) ?? {};
  const byMain = byField(folder, main);
  if (byMain !== null) return byMain;
  const byModule = isName(main) ? byField(folder, module) : null;
  return byModule ?? withEnding(join(folder, "index"), endings) ?? byField(folder, module);
}

function byField(folder: string, field: unknown): string | null {
  if (!isName(field)) return null;
  const path = join(folder, field).replace(/[\\/]$/, "");
  return inPlaceOf(path, MAIN, (inner) => withEnding(join(inner, "index"), MAIN));
}

function isName(field: unknown): field is string {
  return typeof field === "string" && field !== "";
}

function withEnding(path: string, endings: readonly string[]): string | null {
  for (const ending of endings) if (isFile(path + ending)) return path + ending;
  return null;
}

function sourceOf(path: string): string | null {
  const compiled = extname(path);
  const sources = SOURCES[compiled];
  return sources === undefined ? null : withEnding(path.slice(0, -compiled.length), sources);
}

/** The path without symbolic links, as Node.js and Bun identify modules: a workspace's package is the folder that it links to. */
export function realPath(path: string): string {
  return KEEPS_LINKS ? path : realpathSync.native(path);
}

/** As Node.js is told to do on its command line. */
const KEEPS_LINKS = process.execArgv.includes("--preserve-symlinks");

function isDependency(path: string): boolean {
  return path.includes(`${sep}node_modules${sep}`);
}
