import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { findFile, type ImportKind } from "./find-file.ts";
import { type PackageJson, packageIn, packageOf } from "./package-json.ts";
import { statOf } from "./stat-of.ts";

const require = createRequire(import.meta.url);

/** Node.js has the conditions that its command line adds. `module-sync` is not among Bun's. */
const CONDITIONS: Readonly<Record<ImportKind, readonly string[]>> = {
  import: ["bun", "node", "import", "node-addons", ...givenConditions()],
  require: ["bun", "node", "require", "node-addons", ...givenConditions()],
};

function givenConditions(): string[] {
  const given = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(" ")];
  return given.flatMap((option, at) => {
    const name = /^(?:-C|--conditions)(?:=(.+))?$/.exec(option);
    return name === null ? [] : [name[1] ?? given[at + 1] ?? ""];
  });
}

/**
 * The file of a package by its name, with or without a path in the package.
 *
 * @param folder of the importer
 * @returns null if there is no such package, or if it has no such file or export
 */
export function findInPackage(specifier: string, folder: string, kind: ImportKind): string | null {
  const parts = /^((?:@[^/]+\/)?[^/@#.][^/]*)(?:\/(.*))?$/.exec(specifier);
  if (parts === null) return null;
  const [, name = "", path] = parts;
  const own = packageOf(folder);
  if (own?.exports !== undefined && own.name === name) return exported(own, path ?? "", kind);
  for (const place of placesAbove(folder)) {
    const root = join(place, name);
    const stats = statOf(root);
    if (stats?.isDirectory() !== true) {
      // A module without a folder, such as node_modules/name.js.
      const found = stats !== undefined || path === undefined ? findFile(root, kind) : null;
      if (found !== null) return found;
      continue;
    }
    const described = packageIn(root);
    // Bun and most tools read a package's package.json, whatever it exports.
    if (described?.exports == null || path === "package.json") {
      const found = findFile(path === undefined ? root : join(root, path), kind);
      if (found !== null) return found;
    } else return exported(described, path ?? "", kind);
  }
  return null;
}

/** The file for a name that begins with `#`, by `imports` of the importer's package.json. */
export function findImport(specifier: string, folder: string, kind: ImportKind): FoundImport {
  const described = packageOf(folder);
  if (described?.imports == null) return null;
  const { resolveImports } = maps();
  try {
    for (const target of resolveImports(described.imports, specifier, CONDITIONS[kind])) {
      if (!target.startsWith("./")) return { specifier: target, folder: described.folder };
      const file = findFile(join(described.folder, target), kind);
      if (file !== null) return { file };
    }
  } catch {
    // The name is not there. Node.js reports it.
  }
  return null;
}

/** A file of the package, or the name of another module, as the package finds it. */
export type FoundImport =
  | { readonly file: string }
  | { readonly specifier: string; readonly folder: string }
  | null;

function exported(described: PackageJson, path: string, kind: ImportKind): string | null {
  const { resolveExports } = maps();
  try {
    for (const target of resolveExports(described.exports!, path, CONDITIONS[kind])) {
      const file = findFile(join(described.folder, target), kind);
      if (file !== null) return file;
    }
  } catch {
    // It is not exported. Node.js reports it.
  }
  return null;
}

/** Each `node_modules` that counts for a folder, the nearest one first, and the folders of NODE_PATH. */
function* placesAbove(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (!at.endsWith(`${sep}node_modules`)) yield join(at, "node_modules");
    if (dirname(at) === at) break;
  }
  for (const path of (process.env["NODE_PATH"] ?? "").split(delimiter)) if (path !== "") yield resolve(path);
}

/** Loaded at the first use. */
function maps(): typeof import("resolve-pkg-maps") {
  return require("resolve-pkg-maps") as typeof import("resolve-pkg-maps");
}
