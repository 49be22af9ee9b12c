/** Finds the modules of a Bun program. The two kinds of hooks of Node.js share these functions. */
import { existsSync } from "node:fs";
import { builtinModule } from "../global/builtin-modules.ts";

/**
 * The fixed URL of a specifier, or null.
 * @throws Error for a module of Bun that is not there
 */
export function replacedURL(specifier: string, importer?: string): string | null {
  return builtinModule(specifier, importer);
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
