import { createRequire } from "node:module";

/** The used part of the package, which has no types. */
interface Semver {
  satisfies(version: string, range: string): boolean;
  compare(a: string, b: string): -1 | 0 | 1;
}

let loaded: Semver | null = null;

/** Loaded at the first use. */
function load(): Semver {
  loaded ??= createRequire(import.meta.url)("semver") as Semver;
  return loaded;
}

/** Whether a version is in a range, by npm's rules; false for invalid text. */
function satisfies(version: string, range: string): boolean {
  return load().satisfies(String(version), String(range));
}

/**
 * Compares two versions, for `sort`.
 * @throws TypeError for an invalid version
 */
function order(a: string, b: string): -1 | 0 | 1 {
  return load().compare(String(a), String(b));
}

/** Versions and ranges of them, after `Bun.semver`. */
export const semver: { readonly satisfies: typeof satisfies; readonly order: typeof order } = {
  satisfies,
  order,
};
