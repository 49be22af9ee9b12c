import { fileURLToPath } from "node:url";
import type { ImportKind } from "../resolve/find-file.ts";
import { isProgram, pathOf } from "../resolve/module-url.ts";
import { missingPath, noteMissing } from "../source/read-files.ts";
import { readText } from "../source/read-text.ts";
import { withPlace } from "../source/source-error.ts";
import { specifierOffset } from "../syntax/specifier-offset.ts";

/** What Node.js says if there is no such module, and no such export or import of a package. */
const CODES = new Set([
  "ERR_MODULE_NOT_FOUND",
  "MODULE_NOT_FOUND",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_PACKAGE_IMPORT_NOT_DEFINED",
]);

/**
 * The error for a module that is not there, with Bun's code and message, and the place of the module's name in its importer. Any other error stays as it is,
 * and so do those of dependencies, which try what may be missing.
 */
export function withImportPlace(
  error: unknown,
  specifier: string,
  importer: string | undefined,
  kind: ImportKind = "import",
): unknown {
  const code = (error as { code?: unknown }).code;
  if (!(error instanceof Error) || typeof code !== "string" || !CODES.has(code)) return error;
  const path = importer === undefined || !isProgram(importer) ? null : pathOf(importer);
  if (path === null) return error;
  noteMissing(missingPath(specifier, path));
  const missing = kind === "import" ? importError(specifier, path) : requireError(specifier, path);
  const text = readText(path) ?? "";
  const at = specifierOffset(specifier, text);
  return at < 0 ? missing : withPlace(missing, path, text, at);
}

/** The error of an import for a module that is not there. */
export function importError(specifier: string, importer: string): Error {
  const { kind, name } = describe(specifier);
  const message = `Cannot find ${kind} '${name}' imported from ${importer}`;
  // The comment tells Node.js not to show this line when nothing catches the error.
  const error = new Error(message); // node-do-not-add-exception-line
  return Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" });
}

function requireError(specifier: string, importer: string): Error {
  const { name } = specifier.startsWith("file:") ? describe(specifier) : { name: specifier };
  const error = new Error(`Cannot find module '${name}'\nRequire stack:\n- ${importer}`); // node-do-not-add-exception-line
  return Object.assign(error, { code: "MODULE_NOT_FOUND", requireStack: [importer] });
}

/** A package has its name without what is asked of it. */
function describe(specifier: string): { kind: "module" | "package"; name: string } {
  if (specifier.startsWith("file:")) return { kind: "module", name: pathOfURL(specifier) };
  if (specifier === "" || /^[./]/.test(specifier)) return { kind: "module", name: specifier };
  const name = specifier.startsWith("#") ? specifier : /^(?:@[^/]*\/)?[^/]*/.exec(specifier)![0];
  return { kind: "package", name };
}

function pathOfURL(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
