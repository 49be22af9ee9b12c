import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { splitNames } from "../loader/import-names.ts";
import { loadModule } from "../loader/load.ts";
import { withImportPlace } from "../loader/missing-module.ts";
import { replacedURL, resolvedURL } from "../loader/resolve.ts";

const require = createRequire(import.meta.url);

/**
 * Reads a file of a program without running it.
 * @throws what its import would: a `SyntaxError`, or the error for a module that is not there, both with their place
 */
export function checkModule(path: string): void {
  const url = pathToFileURL(path).href;
  const loaded = loadModule(url);
  if (loaded?.format !== "module") return;
  const { parse } = require("es-module-lexer") as typeof import("es-module-lexer");
  for (const each of parse(loaded.source)[0]) {
    if (each.type !== "static" && each.type !== "reexport-star") continue;
    const { specifier } = splitNames(each.specifier);
    // Other names may be found by Node.js.
    if (!/^\.{1,2}\//.test(specifier)) continue;
    if ((replacedURL(specifier, url) ?? resolvedURL(specifier, url, "import")) !== null) continue;
    throw withImportPlace(missing(specifier, url), specifier, url);
  }
}

function missing(specifier: string, importer: string): Error {
  const message = `Cannot find module '${specifier}' imported from ${fileURLToPath(importer)}`;
  return Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}
