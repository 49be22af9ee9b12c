import { pathToFileURL } from "node:url";
import { importError, withImportPlace } from "../loader/errors/missing-module.ts";
import { loadModule } from "../loader/hooks/load.ts";
import { replacedURL, resolvedURL } from "../loader/resolve/resolve.ts";
import { splitNames } from "../loader/syntax/import-names.ts";
import { isStatement, scanImports } from "../loader/syntax/scan-imports.ts";

/**
 * Reads a file of a program without running it.
 * @throws what its import would: a `SyntaxError`, or the error for a module that is not there, both with their place
 */
export function checkModule(path: string): void {
  const url = pathToFileURL(path).href;
  const loaded = loadModule(url);
  if (loaded?.format !== "module") return;
  for (const each of scanImports(loaded.source)) {
    if (!isStatement(each)) continue;
    const { specifier } = splitNames(each.specifier);
    // Other names may be found by Node.js.
    if (!/^\.{1,2}\//.test(specifier)) continue;
    if ((replacedURL(specifier, url) ?? resolvedURL(specifier, url, "import")) !== null) continue;
    throw withImportPlace(importError(specifier, path), specifier, url);
  }
}
