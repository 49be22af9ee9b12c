import { createRequire } from "node:module";

/** The URL of the backplane of a program that does not name one itself. */
export const BACKPLANE_VARIABLE = "MANTOU_BACKPLANE";
export const BACKPLANE_PACKAGE = "@mantou/backplane";

/**
 * Finds a module of the package that carries topics to other processes. It is the program's own choice, so that its copy comes first.
 * @param places files as which it is looked for, one after the other, before this file
 * @returns its path; null if it is not installed
 */
export function findBackplane(module: string, places: readonly string[]): string | null {
  for (const from of [...places, import.meta.url]) {
    try {
      return createRequire(from).resolve(module);
    } catch {
      // It is not there.
    }
  }
  return null;
}
