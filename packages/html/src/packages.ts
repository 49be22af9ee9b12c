import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type PathConditions, resolveExports } from "resolve-pkg-maps";

/** What is read of a package.json. */
interface Manifest {
  readonly exports?: PathConditions;
  readonly [field: string]: unknown;
}

/**
 * The file that a package has for a specifier, by `exports` or by a field of its package.json (Node.js, "Package entry points").
 * `require.resolve` finds no packages that are for `import` alone, and no style sheets.
 *
 * @param folder the package is looked for in `node_modules` of this one, and of those above it
 * @param conditions of `exports`, besides `default`
 * @param fields that name the file of a package without `exports`, the first that counts first
 * @returns null if there is no such package, or no such file in it
 */
export function findInPackage(
  specifier: string,
  folder: string,
  conditions: readonly string[],
  fields: readonly string[],
): string | null {
  const [, name, path = ""] = /^((?:@[^/@.][^/]*\/)?[^/@.][^/]*)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name === undefined) return null;
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, "node_modules", name);
    const manifest = readManifest(found);
    if (manifest !== null) {
      const file = targets(manifest, path, conditions, fields).find((target) =>
        existsSync(join(found, target)),
      );
      return file === undefined ? null : join(found, file);
    }
    if (dirname(at) === at) return null;
  }
}

function targets(
  manifest: Manifest,
  path: string,
  conditions: readonly string[],
  fields: readonly string[],
): readonly string[] {
  if (manifest.exports === undefined)
    return path !== ""
      ? [path]
      : fields.map((field) => manifest[field]).filter((value) => typeof value === "string");
  try {
    return resolveExports(manifest.exports, path, conditions);
  } catch {
    // There is no such export.
    return [];
  }
}

/** The package.json of a folder; null if it has none that can be read. */
export function readManifest(folder: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return null;
  }
}
