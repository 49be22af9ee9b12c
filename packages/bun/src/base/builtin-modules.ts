/** The modules `"bun"` and `bun:…` of Bun. */
import { notThere } from "./missing.ts";

/** The modules that are there, as files of this package. */
const BUILT: ReadonlyMap<string, string> = new Map([
  ["bun", "../index.js"],
  ["bun:sqlite", "../sqlite/index.js"],
]);

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["bun:ffi", "the package koffi"],
  ["bun:jsc", "node:v8"],
  ["bun:test", "node:test, or the package vitest"],
  ["bun:wrap", "node:vm"],
]);

/**
 * The file of a module of Bun; null for any other specifier.
 * @throws Error that says what to use, for a module of Bun that is not there
 */
export function builtinModule(specifier: string, importer: string | undefined): string | null {
  const path = BUILT.get(specifier);
  if (path !== undefined) return new URL(path, import.meta.url).href;
  if (!specifier.startsWith("bun:")) return null;
  const from = importer === undefined ? "" : `, imported from ${importer}`;
  const instead = INSTEAD.get(specifier);
  if (instead !== undefined) throw notThere(specifier, instead, from);
  throw Object.assign(new Error(`Bun has no module ${specifier}${from}`), { code: "ERR_MODULE_NOT_FOUND" });
}
