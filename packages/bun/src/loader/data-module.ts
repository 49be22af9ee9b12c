/** Modules that are no code: what Bun gives for an import of JSON, TOML, YAML, text, a style sheet, or any other file. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { expressionOf, moduleOf } from "./data-source.ts";
import { type DataModule, databaseModule } from "./database-module.ts";
import { isCode, loaderOf } from "./extension-loaders.ts";
import { pageModule } from "./page-module.ts";
import { type DataFormat, hasComments, parseData } from "./parse-data.ts";
import { noteRead } from "./read-files.ts";

/** How a file is read; `path` is the module whose value is the file's path. */
type Kind = DataFormat | "text" | "path" | "css" | "sqlite" | "html" | keyof typeof ABSENT;

const KINDS: Readonly<Record<string, Kind>> = {
  ".json": "json",
  ".jsonc": "jsonc",
  ".json5": "json5",
  ".toml": "toml",
  ".yaml": "yaml",
  ".yml": "yaml",
  ".txt": "text",
  ".css": "css",
  ".html": "html",
  ".md": "markdown",
  ".sqlite": "sqlite",
};
/** Values of `with { type: … }`. Bun goes by the file's name if it does not know the value. */
const TYPES: Readonly<Record<string, Kind>> = {
  json: "json",
  jsonc: "jsonc",
  json5: "json5",
  toml: "toml",
  yaml: "yaml",
  text: "text",
  file: "path",
  css: "css",
  html: "html",
  sqlite: "sqlite",
};
/** Kinds that Bun has and this package has not. */
const ABSENT = {
  markdown:
    'Imports of Markdown as HTML are not there in Mantou. `with { type: "text" }` gives the text, and `type: "file"` the path.',
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
 * @throws a `SyntaxError` that names file, line and column; an `Error` that says what is not there
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
  if (!isRequired) return { format: "module", source: moduleOf(value) };
  // Node.js parses the source of a file with this extension, whatever format it is given.
  if (extname(path) === ".json") return { format: "json", source: JSON.stringify(value) };
  return { format: "commonjs", source: `module.exports = ${expressionOf(value)};` };
}

/** Whether an import that states a type gets other data than one that does not. */
export function isOtherData(path: string, type: string): boolean {
  return TYPES[type] !== undefined && TYPES[type] !== KINDS[extname(path).toLowerCase()];
}

function kindOf(path: string, type: string | undefined, isRequired: boolean): Kind | null {
  const typed = type !== undefined && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (typed !== undefined) return typed;
  const extension = extname(path).toLowerCase();
  const given = loaderOf(extname(path));
  if (given !== undefined) return isCode(given) ? null : given;
  const known = KINDS[extension];
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
