/** Finds and reads the modules of a Bun program. The two kinds of hooks of Node.js share these functions. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";

const require = createRequire(import.meta.url);

/** The module for the name `"bun"`. */
const BUN: string = new URL("../index.js", import.meta.url).href;
/** The folders of our modules and the server's. In a workspace they may be outside of any `node_modules`. */
const OWN: readonly string[] = [
  new URL("..", import.meta.url).href,
  new URL("dist/", pathToFileURL(require.resolve("@mantou/serve/package.json"))).href,
];
/** Marks a module's URL with the number of its reload: another URL is another module. */
const HOT = /[?&]hot=(\d+)$/;
const TYPESCRIPT = /\.[mc]?ts$/;

/** Whether this Node.js reads TypeScript by itself: 22.18, 23.6 and newer. */
export const hasTypeScript: boolean =
  ((process.features as { typescript?: false | string }).typescript ?? false) !== false;

/** The fixed URL of a specifier, or null. */
export function replacedURL(specifier: string): string | null {
  return specifier === "bun" ? BUN : null;
}

/** The extensions that Bun tries, in its order: files before folders. */
const ENDINGS = [".ts", ".js", ".mjs", ".mts", ".cjs", ".cts", ".json"];
const ADDED: readonly string[] = [...ENDINGS, ...ENDINGS.map((ending) => `/index${ending}`)];
/** Extensions of compiled files, and of their TypeScript sources. */
const MADE_OF: Readonly<Record<string, string>> = { ".js": ".ts", ".mjs": ".mts", ".cjs": ".cts" };

/**
 * The file for a specifier that Node.js does not find. Node.js requires whole names, where Bun finds `./routes.ts` and
 * `./routes/index.ts` as `./routes`, and `./routes.ts` as `./routes.js`.
 * @param error the error of Node.js
 * @returns null if there is no such file, or for another error
 */
export function guessedURL(specifier: string, importer: string | undefined, error: unknown): string | null {
  const { code, url: tried } = error as { code?: unknown; url?: unknown };
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "ERR_UNSUPPORTED_DIR_IMPORT") return null;
  // The error of Node.js has the file of a package that it looked for.
  const base = /^(?:\.{0,2}\/|file:)/.test(specifier) ? specifier : tried;
  if (typeof base !== "string" || !URL.canParse(base, importer)) return null;
  const wanted = new URL(base, importer);
  if (wanted.protocol !== "file:") return null;
  const { search, pathname } = wanted;
  const ending = /\.[mc]?js$/.exec(pathname)?.[0] ?? "";
  const source = MADE_OF[ending];
  const paths = ADDED.map((added) => pathname.replace(/\/$/, "") + added);
  if (source !== undefined) paths.unshift(pathname.slice(0, -ending.length) + source);
  for (const path of paths) {
    const url = new URL(path + search, wanted);
    if (existsSync(url)) return url.href;
  }
  return null;
}

/** The URL of a module of the program itself, with the mark of its importer's reload. */
export function markedURL(url: string, importer: string | undefined): string {
  const round = HOT.exec(importer ?? "")?.[1];
  const isProgram =
    url.startsWith("file:") &&
    !url.includes("/node_modules/") &&
    !OWN.some((folder) => url.startsWith(folder));
  if (round === undefined || !isProgram || HOT.test(url)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}hot=${round}`;
}

/** A module's JavaScript. */
export interface ModuleSource {
  readonly format: "module" | "commonjs";
  readonly source: string;
}

/** The JavaScript of a TypeScript module, for a Node.js that cannot read it; null for anything else. */
export function strippedModule(url: string): ModuleSource | null {
  const [path = ""] = url.split("?");
  if (hasTypeScript || !path.startsWith("file:") || !TYPESCRIPT.test(path)) return null;
  const source = withoutTypes(readFileSync(fileURLToPath(path), "utf8"));
  const isCommonJS = path.endsWith(".cts") || (path.endsWith(".ts") && isFunctionBody(source));
  return { format: isCommonJS ? "commonjs" : "module", source };
}

/**
 * The format of a program's file that Node.js takes for CommonJS by its package.json, and that is an ES module by its syntax. Bun
 * goes by the syntax, and `npm init -y` writes `"type": "commonjs"`.
 * @param format of Node.js
 * @returns null if Node.js is right
 */
export function syntaxFormat(url: string, format: unknown): "module" | "module-typescript" | null {
  if (format !== "commonjs" && format !== "commonjs-typescript") return null;
  const [path = ""] = url.split("?");
  if (!path.startsWith("file:") || path.includes("/node_modules/") || !/\.[jt]s$/.test(path)) return null;
  const text = readFileSync(fileURLToPath(path), "utf8");
  if (!path.endsWith(".ts")) return isFunctionBody(text) ? null : "module";
  try {
    return isFunctionBody(withoutTypes(text)) ? null : "module-typescript";
  } catch {
    // Node.js reports the syntax error.
    return null;
  }
}

/** @throws for text that is not TypeScript, or that needs more than erasing types */
function withoutTypes(source: string): string {
  // Loaded at the first use.
  const { transformSync } = require("amaro") as Amaro;
  return transformSync(source, { mode: "strip-only" }).code;
}

/** Whether it is CommonJS by the rule of Node.js: its text compiles as the body of the module function. */
function isFunctionBody(source: string): boolean {
  try {
    compileFunction(source, ["exports", "require", "module", "__filename", "__dirname"]);
    return true;
  } catch {
    return false;
  }
}

/** The used part of the package, which has no types. */
interface Amaro {
  transformSync(source: string, options: { readonly mode: "strip-only" }): { readonly code: string };
}
