/** The name of a file's route as a pattern: `[slug]`, `[...rest]` and `[[...rest]]` are parameters. */

export type MatchedKind = "exact" | "dynamic" | "catch-all" | "optional-catch-all";

interface Segment {
  readonly kind: MatchedKind;
  /** The text, or the parameter's name. */
  readonly text: string;
}

/** The most specific kind comes first. */
const KINDS: readonly MatchedKind[] = ["exact", "dynamic", "catch-all", "optional-catch-all"];

/** The kind of a route is that of its last parameter. */
export function kindOf(name: string): MatchedKind {
  if (name.includes("/[[...")) return "optional-catch-all";
  if (name.includes("/[...")) return "catch-all";
  return /\/\[[^/]+\](?:\/|$)/.test(name) ? "dynamic" : "exact";
}

/** @throws Error for a parameter that takes several segments before the end of a name, and for other brackets at the start of a segment */
export function patternOf(name: string): Pattern {
  const parts = name.split("/").filter((part) => part !== "");
  return new Pattern(parts.map((part, i) => segmentOf(part, i === parts.length - 1)));
}

function segmentOf(part: string, isLast: boolean): Segment {
  if (!part.startsWith("[")) return { kind: "exact", text: part };
  const [, open, text = ""] = /^(\[\[\.\.\.|\[\.\.\.|\[)([^[\]]+)\]{1,2}$/.exec(part) ?? [];
  if (open === undefined || part.endsWith("]]") !== (open === "[[..."))
    throw new Error(`Invalid dynamic route: ${part}`);
  if (open === "[") return { kind: "dynamic", text };
  if (!isLast) throw new Error(`Catch-all route must be at the end of the path: ${part}`);
  return { kind: open === "[..." ? "catch-all" : "optional-catch-all", text };
}

export class Pattern {
  readonly #segments: readonly Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** Below 0 if this pattern is asked first: a text before a parameter, and one segment before several. */
  compare(other: Pattern): number {
    const [ours, theirs] = [this.#segments, other.#segments];
    for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
      const [a, b] = [ours[i]!, theirs[i]!];
      const byKind = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
      if (byKind !== 0) return byKind;
      if (a.text !== b.text) return a.text < b.text ? -1 : 1;
    }
    return ours.length - theirs.length;
  }

  /** The values of the parameters; null if the path does not fit. */
  match(path: readonly string[]): Record<string, string> | null {
    const params: [name: string, value: string][] = [];
    for (const [i, { kind, text }] of this.#segments.entries()) {
      if (kind === "catch-all" || kind === "optional-catch-all") {
        const rest = path.slice(i).join("/");
        if (rest !== "") params.push([text, rest]);
        return rest === "" && kind === "catch-all" ? null : Object.fromEntries(params);
      }
      const segment = path[i];
      if (segment === undefined || (kind === "exact" && segment !== text)) return null;
      if (kind === "dynamic") params.push([text, segment]);
    }
    return path.length === this.#segments.length ? Object.fromEntries(params) : null;
  }
}
