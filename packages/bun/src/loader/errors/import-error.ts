import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { withMissingExport } from "./missing-export.ts";
import { nativeError } from "./native-error.ts";

const require = createRequire(import.meta.url);

/**
 * What an import has thrown, as a program or its log gets it: an error of syntax, or of an export that is not there, has its place. Synchronous, so that nothing
 * else runs before the error is reported.
 *
 * @param importer URL or path of the module, and by which of its imports
 */
export function importFailure(
  error: unknown,
  importer: string,
  by: "statements" | "dynamic imports",
): unknown {
  if (!(error instanceof SyntaxError)) return nativeError(error);
  // Loaded at the first use.
  const { withSyntaxPlace } = require("./package-syntax.js") as typeof import("./package-syntax.ts");
  const url = importer.startsWith("file:") ? importer : pathToFileURL(importer).href;
  return withSyntaxPlace(withMissingExport(error), url, by);
}
