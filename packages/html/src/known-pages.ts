import { join, sep } from "node:path";
import type { Root } from "./root.ts";

/** The pages of this process, by the folder of their project. A page is known before the server that serves it. */
const known = new Map<string, Set<string>>();

export function knowPage({ folder }: Root, page: string): void {
  const pages = known.get(folder);
  if (pages === undefined) known.set(folder, new Set([page]));
  else pages.add(page);
}

export function knownPages({ folder }: Root): ReadonlySet<string> {
  return known.get(folder) ?? new Set();
}

/**
 * Vite takes the files of `public/` as they are, and nothing there can be imported. Bun has no such folder, and its documentation puts pages
 * into one of that name: then it is a folder like any other.
 */
export function hasPagesInPublic(root: Root): boolean {
  const folder = join(root.folder, "public") + sep;
  return [...knownPages(root)].some((page) => page.startsWith(folder));
}
