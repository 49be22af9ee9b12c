/** The formats of files that modules are made of: Bun's names for them, and their extensions. */
import type { DataFormat } from "./parse-data.ts";

/** Code, as a transformer reads it. */
export type Lang = "ts" | "tsx" | "js" | "jsx";

/** How a file is read: as code, as data, or as a module whose value is the file's path. */
export type Kind = Lang | DataFormat | "text" | "path" | "css" | "sqlite" | "html" | "markdown" | "xml";

/** Bun's loaders, and what each reads. Those of null are not there. */
const LOADERS: Readonly<Record<string, Kind | null>> = {
  js: "js",
  jsx: "jsx",
  ts: "ts",
  tsx: "tsx",
  json: "json",
  jsonc: "jsonc",
  json5: "json5",
  toml: "toml",
  yaml: "yaml",
  text: "text",
  txt: "text",
  css: "css",
  html: "html",
  md: "markdown",
  sqlite: "sqlite",
  file: "path",
  base64: "path",
  dataurl: "path",
  sh: "path",
  wasm: "path",
  napi: null,
  node: null,
  xml: null,
  sqlite_embedded: null,
};

/** What is data by its extension. */
const EXTENSIONS: ReadonlyMap<string, Kind> = new Map([
  [".json", "json"],
  [".jsonc", "jsonc"],
  [".json5", "json5"],
  [".toml", "toml"],
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".txt", "text"],
  [".text", "text"],
  [".css", "css"],
  [".html", "html"],
  [".md", "markdown"],
  [".markdown", "markdown"],
  [".xml", "xml"],
  [".sqlite", "sqlite"],
]);

/** What an import can state: `with { type: … }`. Bun goes by the file's name if it does not know the value. */
const TYPES: ReadonlyMap<string, Kind> = new Map([
  ["json", "json"],
  ["jsonc", "jsonc"],
  ["json5", "json5"],
  ["toml", "toml"],
  ["yaml", "yaml"],
  ["text", "text"],
  ["file", "path"],
  ["css", "css"],
  ["html", "html"],
  ["md", "markdown"],
  ["markdown", "markdown"],
  ["xml", "xml"],
  ["sqlite", "sqlite"],
]);

/** The data of an extension, with its dot; undefined for code and for what has no format. */
export function dataKind(extension: string): Kind | undefined {
  return EXTENSIONS.get(extension);
}

/** What an import states; undefined for a value that Bun does not know. */
export function statedKind(type: string | undefined): Kind | undefined {
  return type === undefined ? undefined : TYPES.get(type);
}

/** What a loader reads; null for one of Bun's that is not there, undefined for a name that Bun does not know. */
export function loaderKind(name: string): Kind | null | undefined {
  return Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
}

/** The names of the loaders that are there. */
export function loaderNames(): string[] {
  return Object.keys(LOADERS).filter((name) => LOADERS[name] !== null);
}

export function isCode(kind: Kind): kind is Lang {
  return kind === "js" || kind === "jsx" || kind === "ts" || kind === "tsx";
}
