import { globExpression } from "./glob-pattern.ts";

/** What a scan looks for: the part of a pattern from its first wildcard on. */
export interface GlobRest {
  readonly expression: RegExp;
  /** It has no wildcard: one name. */
  readonly isLiteral: boolean;
  /** It has a slash at its end. */
  readonly isDirectory: boolean;
  /** Whether a match can be below a directory, which the expression need not match. */
  leadsInto(directory: string): boolean;
}

/** @param hidden whether wildcards find names that begin with a dot */
export function globRest(pattern: string, hidden: boolean): GlobRest {
  const text = pattern.replace(/\/+$/, "");
  const names = namesOf(text);
  // Without "**" and repeated groups no match is deeper than the pattern.
  const depth = /\*\*|[*+]\(/.test(text) ? Number.POSITIVE_INFINITY : text.split("/").length;
  const expressions = names.map((name) => globExpression(name, hidden));
  return {
    expression: globExpression(text, hidden),
    isLiteral: !/[*?[{(!\\]/.test(text),
    isDirectory: text !== pattern,
    leadsInto(directory) {
      const above = directory.split("/");
      return above.length < depth && above.every((name, i) => expressions[i]?.test(name) !== false);
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
