import module from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { withImportPlace } from "../errors/missing-module.ts";
import { replacedURL, resolvedURL } from "../resolve/resolve.ts";

/** How Node.js finds what is required. It is no documented API, yet many tools replace it, so that Node.js keeps it. */
interface CommonJSLoader {
  _resolveFilename: ResolveFilename;
}
type ResolveFilename = (
  specifier: string,
  parent: { readonly filename?: string | null } | null | undefined,
  isMain?: boolean,
  options?: ResolveOptions,
) => string;
interface ResolveOptions {
  readonly paths?: readonly string[];
}

/**
 * From now on `require` and `require.resolve` find modules as Bun does. The hooks of Node.js do not do: those of 20.19 cover imports alone, those of 22
 * leave `require.resolve` out, and none is told the folders of `require.resolve(name, { paths })`.
 */
export function patchResolveFilename(): void {
  const loader = module as unknown as CommonJSLoader;
  const original = loader._resolveFilename;
  loader._resolveFilename = function resolveFilename(specifier, parent, isMain, options) {
    const importer = parent?.filename ?? undefined;
    const found = findRequired(specifier, importer, options?.paths);
    if (found !== null) return found;
    try {
      return original.call(this, specifier, parent, isMain, knownOptions(options));
    } catch (error) {
      throw withImportPlace(error, specifier, importer && pathToFileURL(importer).href, "require");
    }
  };
}

/** Yarn's Plug'n'Play throws for the options that Node.js itself adds. */
function knownOptions(options: ResolveOptions | undefined): ResolveOptions | undefined {
  if (options === undefined || process.versions["pnp"] === undefined) return options;
  return options.paths === undefined ? undefined : { paths: options.paths };
}

function findRequired(
  specifier: string,
  parent: string | undefined,
  folders: readonly string[] | undefined,
): string | null {
  const importers = folders?.map((folder) => join(folder, "require")) ?? [
    parent ?? join(process.cwd(), "require"),
  ];
  for (const importer of importers) {
    const from = pathToFileURL(importer).href;
    const url = replacedURL(specifier, from) ?? resolvedURL(specifier, from, "require");
    if (url !== null) return fileURLToPath(url);
  }
  return null;
}
