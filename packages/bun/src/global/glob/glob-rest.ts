import { compileGlob, type GlobMatcher } from "./glob-pattern.ts";

/** What a scan looks for: the part of a pattern from its first wildcard on. */
export interface GlobRest {
  readonly matcher: GlobMatcher;
  /** It has no wildcard: one name. */
  readonly isLiteral: boolean;
  /** It has a slash at its end. */
  readonly isDirectory: boolean;
  /** Whether a match can be below a directory, which need not match itself. */
  leadsInto(directory: string): boolean;
}

/** @param hidden whether wildcards find names that begin with a dot */
export function globRest(pattern: string, hidden: boolean): GlobRest {
  const text = pattern.replace(/\/+$/, "");
  const names = namesOf(text);
  // Without "**" and repeated groups no match is deeper than the pattern.
  const depth = /\*\*|[*+]\(/.test(text) ? Number.POSITIVE_INFINITY : text.split("/").length;
  const above = names.map((name) => compileGlob(name, hidden));
  return {
    matcher: compileGlob(text, hidden),
    isLiteral: !/[*?[{(!\\]/.test(text),
    isDirectory: text !== pattern,
    leadsInto(directory) {
      const given = directory.split("/");
      return given.length < depth && given.every((name, i) => above[i]?.test(name) !== false);
    },
  };
}

/** The names in front of "**"; none if a slash may stand within brackets, or if the pattern is negated. */
function namesOf(pattern: string): string[] {
  if (/[{(]|\[[^\]]*\/|^!/.test(pattern)) return [];
  const names = pattern.split("/");
  const end = names.findIndex((name) => name.includes("**"));
  return end === -1 ? names : names.slice(0, end);
}
