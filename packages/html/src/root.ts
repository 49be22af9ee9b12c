import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** The names that Vite looks for. */
const CONFIGS = ["js", "mjs", "ts", "cjs", "mts", "cts"].map((ending) => `vite.config.${ending}`);

/** A project of Vite: the folder that its URLs are relative to, and where they begin. */
export interface Root {
  readonly folder: string;
  /** Begins and ends with a slash. */
  readonly base: string;
}

/**
 * The project of a page: the nearest folder above it with a configuration of Vite, else the working directory, and for a page outside of
 * that the folder of its package, or its own.
 */
export function findRoot(page: string, cwd: string = process.cwd()): Root {
  const folder =
    nearest(dirname(page), cwd, CONFIGS) ??
    (isBelow(page, cwd) ? cwd : (nearest(dirname(page), cwd, ["package.json"]) ?? dirname(page)));
  return { folder, base: baseOf(folder, cwd) };
}

/** Whether the project has a configuration of Vite. */
export function isConfigured(folder: string): boolean {
  return CONFIGS.some((name) => existsSync(join(folder, name)));
}

/**
 * Several projects may be on one server. The base is the same in all processes that start in the same place, and for a build and the
 * server that serves it.
 */
function baseOf(folder: string, cwd: string): string {
  if (folder === cwd) return "/_mantou/";
  const name = relative(cwd, folder).split(sep).join("/");
  return `/_mantou/~${createHash("sha256").update(name).digest("hex").slice(0, 8)}/`;
}

/** The search does not leave the working directory if it begins there. */
function nearest(from: string, cwd: string, names: readonly string[]): string | null {
  for (let at = from; ; at = dirname(at)) {
    if (names.some((name) => existsSync(join(at, name)))) return at;
    if (at === cwd || dirname(at) === at) return null;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
