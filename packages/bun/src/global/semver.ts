import { createRequire } from "node:module";

/** What we use of it; the package has no types. */
interface Semver {
  satisfies(version: string, range: string): boolean;
  compare(a: string, b: string): -1 | 0 | 1;
}

let loaded: Semver | null = null;

/** Loaded only where it is needed. */
function load(): Semver {
  loaded ??= createRequire(import.meta.url)("semver") as Semver;
  return loaded;
}

/** Whether a version is in a range, as npm understands both; false for what is neither. */
function satisfies(version: string, range: string): boolean {
  return load().satisfies(String(version), String(range));
}

/**
 * Says which version comes first, for `sort`.
 * @throws TypeError for what is no version
 */
function order(a: string, b: string): -1 | 0 | 1 {
  return load().compare(String(a), String(b));
}

/** Versions and ranges of them, after `Bun.semver`. */
export const semver: { readonly satisfies: typeof satisfies; readonly order: typeof order } = {
  satisfies,
  order,
};
