/** How files are read by their extensions, where the program says so: `[loader]` of bunfig.toml and `--loader`. */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { Lang } from "./transform-options.ts";

/** Threads that start later have the data of the thread that starts them: workers, and the thread of the hooks. */
const KEY = "mantou.loaders";

/** Bun's loaders, and what each reads; `path` is the path of the file. Those of null are not there. */
const LOADERS = {
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
} as const;

export type LoaderKind = NonNullable<(typeof LOADERS)[keyof typeof LOADERS]>;
type Loaders = Readonly<Record<string, LoaderKind>>;

/** What is wrong with a loader for an extension; null if nothing is. */
export function loaderFault(extension: string, loader: string): string | null {
  if (!extension.startsWith(".") || extension === ".")
    return `an extension begins with a dot, and ${JSON.stringify(extension)} does not`;
  if (!Object.hasOwn(LOADERS, loader)) {
    const known = Object.keys(LOADERS).filter((name) => LOADERS[name as keyof typeof LOADERS] !== null);
    return `there is no loader ${JSON.stringify(loader)}; there are ${known.join(", ")}`;
  }
  if (LOADERS[loader as keyof typeof LOADERS] !== null) return null;
  return `the loader ${JSON.stringify(loader)} is not there in Mantou`;
}

/** @param loaders without a fault: loaders by extension, with its dot */
export function setLoaders(loaders: Readonly<Record<string, string>>): void {
  const entries = Object.entries(loaders);
  if (entries.length === 0) return;
  const kinds = entries.map(([extension, name]) => [extension, LOADERS[name as keyof typeof LOADERS]]);
  setEnvironmentData(KEY, Object.fromEntries(kinds));
}

/** What the program says about files of the extension; undefined if nothing. */
export function loaderOf(extension: string): LoaderKind | undefined {
  const loaders = getEnvironmentData(KEY) as Loaders | undefined;
  return loaders !== undefined && Object.hasOwn(loaders, extension) ? loaders[extension] : undefined;
}

export function isCode(kind: LoaderKind): kind is Lang {
  return kind === "js" || kind === "jsx" || kind === "ts" || kind === "tsx";
}
