import { pathToFileURL } from "node:url";
import { splitNames } from "../loader/import-names.ts";
import { loadModule } from "../loader/load.ts";
import { importError, withImportPlace } from "../loader/missing-module.ts";
import { replacedURL, resolvedURL } from "../loader/resolve.ts";
import { isStatement, scanImports } from "../loader/scan-imports.ts";

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
