import { createRequire } from "node:module";
import { asText } from "../base/as-text.ts";

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

/** Whether a version is in a range, by npm's rules; false for invalid text. @throws TypeError for a symbol */
function satisfies(version: string, range: string): boolean {
  return load().satisfies(asText(version), asText(range));
}

/**
 * Compares two versions, for `sort`.
 * @throws TypeError for an invalid version
 */
function order(a: string, b: string): -1 | 0 | 1 {
  return load().compare(asText(a), asText(b));
}

/** Versions and ranges of them, after `Bun.semver`. */
export const semver: { readonly satisfies: typeof satisfies; readonly order: typeof order } = {
  satisfies,
  order,
};
