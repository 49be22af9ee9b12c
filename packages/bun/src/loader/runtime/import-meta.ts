import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { importError, withImportPlace } from "../errors/missing-module.ts";
import { unmarkedURL } from "../resolve/hot-mark.ts";
import { pathOf } from "../resolve/module-url.ts";
import { builtinName, resolvedURL } from "../resolve/resolve.ts";

/**
 * Adds to a module's `import.meta` what it has on Bun. Node.js has no hook for that: the module's first line calls it.
 * @param require that of CommonJS; an ES module gets one
 */
export function completeMeta(
  meta: ImportMeta,
  isMain: (path: string) => boolean,
  require?: NodeJS.Require,
): void {
  const path = pathOf(meta.url);
  if (path === null || Object.hasOwn(meta, "path")) return;
  const folder = dirname(path);
  const url = unmarkedURL(meta.url);
  const { resolve } = meta;
  const resolveAsNode = (specifier: string): string => {
    try {
      return resolve(specifier);
    } catch (error) {
      throw withImportPlace(error, specifier, url);
    }
  };
  Object.defineProperties(meta, {
    url: hidden(url),
    dir: hidden(folder),
    dirname: hidden(folder),
    path: hidden(path),
    filename: hidden(path),
    file: hidden(basename(path)),
    main: hidden(isMain(path)),
    env: hidden(process.env),
    require: { get: () => (require ??= createRequire(path)), enumerable: false, configurable: true },
    resolve: hidden((specifier: string): string =>
      /^\.{0,2}\//.test(specifier)
        ? new URL(specifier, url).href
        : (resolvedURL(specifier, url, "import") ?? resolveAsNode(specifier)),
    ),
    resolveSync: hidden((specifier: string, importer: string = path): string =>
      resolveSync(specifier, importer),
    ),
  });
}

/** As on Bun: no key of `import.meta`. */
function hidden(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: false, configurable: true };
}

/** The path of a module's file, or the name of one of Node's modules. */
function resolveSync(specifier: string, importer: string): string {
  const builtin = builtinName(specifier);
  if (builtin !== null) return builtin;
  const from = importer.startsWith("file:") ? importer : pathToFileURL(importer).href;
  const found = resolvedURL(specifier, from, "import");
  if (found !== null) return fileURLToPath(found);
  throw importError(specifier, fileURLToPath(from));
}
