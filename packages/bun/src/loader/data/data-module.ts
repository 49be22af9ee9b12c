/** Modules that are no code: what Bun gives for an import of JSON, TOML, YAML, text, a style sheet, or any other file. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { noteRead } from "../source/read-files.ts";
import { expressionOf, moduleOf } from "./data-source.ts";
import { type DataModule, databaseModule } from "./database-module.ts";
import { loaderOf } from "./extension-loaders.ts";
import { dataKind, isCode, type Kind, statedKind } from "./formats.ts";
import { pageModule } from "./page-module.ts";
import { type DataFormat, hasComments, parseData } from "./parse-data.ts";

/** Kinds that Bun has and this package has not. */
const INSTEAD = '`with { type: "text" }` gives the text, and `type: "file"` the path.';
const ABSENT = {
  markdown: `Imports of Markdown as HTML are not there in Mantou. ${INSTEAD}`,
  xml: `Imports of XML are not there in Mantou. ${INSTEAD}`,
} as const;
/** What Node.js itself reads. */
const CODE = /^(?:\.[mc]?[jt]sx?|\.node|)$/;
/** Files other than data that `require` gives the path of. Bun reads any other as JavaScript, as Node.js does. */
const REQUIRED_PATHS: readonly string[] = [".sh", ".wasm"];

/**
 * The module of a file that is no code.
 *
 * @param type what the import says: `with { type: … }`
 * @param isRequired `require` gives the value itself, an import a module
 * @returns null for code
 * @throws a `SyntaxError` that names file, line and column; an `Error` that names the file, and says what is not there or too large
 */
export function dataModule(path: string, type: string | undefined, isRequired = false): DataModule | null {
  const kind = kindOf(path, type, isRequired);
  if (kind === null) return null;
  if (kind in ABSENT) throw new Error(`${ABSENT[kind as keyof typeof ABSENT]}\n    in ${path}`);
  if (kind === "sqlite") return databaseModule(path, isRequired);
  if (kind === "html") return pageModule(path, isRequired);
  // The values of the others do not depend on what is in them.
  if (kind !== "path" && kind !== "css") noteRead(path);
  if (kind === "text") return textModule(readFileSync(path, "utf8"), isRequired);
  const value =
    kind === "path"
      ? path
      : kind === "css"
        ? {}
        : parseData(path, readFileSync(path, "utf8"), kind as DataFormat);
  // Node.js parses the source of a file with this extension, whatever format it is given.
  if (isRequired && extname(path) === ".json") return { format: "json", source: JSON.stringify(value) };
  try {
    if (!isRequired) return { format: "module", source: moduleOf(value) };
    return { format: "commonjs", source: `module.exports = ${expressionOf(value)};` };
  } catch (error) {
    const message = `${(error as Error).message}\n    in ${path}`;
    throw error instanceof RangeError ? new RangeError(message) : new TypeError(message);
  }
}

/** What the module of a file is made of; null for code. The parameters are those of `dataModule`. */
export function kindOf(path: string, type: string | undefined, isRequired: boolean): Kind | null {
  const stated = statedKind(type);
  if (stated !== undefined) return stated;
  const extension = extname(path).toLowerCase();
  const given = loaderOf(extname(path));
  if (given !== undefined) return isCode(given) ? null : given;
  const known = dataKind(extension);
  if (isRequired && known === "json" && !hasComments(path)) return null;
  if (known !== undefined) return known;
  if (CODE.test(extension)) return null;
  return isRequired && !REQUIRED_PATHS.includes(extension) ? null : "path";
}

/** Bun requires a text as a module, with its default export alone. */
function textModule(text: string, isRequired: boolean): DataModule {
  const value = JSON.stringify(text.replace(/^\uFEFF/, ""));
  return isRequired
    ? { format: "commonjs", source: `module.exports = { default: ${value} };` }
    : { format: "module", source: `export default ${value};` };
}
