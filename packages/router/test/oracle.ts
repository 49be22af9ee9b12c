/** The router's results without a tree: it tries every pattern, and takes the best of the matching ones. */

/** The rank of a segment where two matching patterns differ: the lower the better. */
function rank(segment: string, last: boolean): number {
  if (segment === "*" && last) return 2;
  return segment.startsWith(":") ? 1 : 0;
}

function ranks(pattern: string): number[] {
  const segments = pattern.split("/");
  return segments.map((segment, index) => rank(segment, index === segments.length - 1));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return 0;
}

/** The parameters, still encoded, or null if the pattern does not match. */
export function matchOne(pattern: string, path: string): [name: string, raw: string][] | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  const wildcard = wanted.at(-1) === "*";
  if (wildcard ? given.length < wanted.length : given.length !== wanted.length) return null;
  const found: [string, string][] = [];
  for (const [index, segment] of wanted.entries()) {
    if (wildcard && index === wanted.length - 1) {
      found.push(["*", given.slice(index).join("/")]);
    } else if (segment.startsWith(":")) {
      if (given[index] === "") return null;
      found.push([segment.slice(1), given[index]!]);
    } else if (segment !== given[index]) {
      return null;
    }
  }
  return found;
}

/** The pattern that the path leads to, with its parameters still encoded. */
export function matchTable(
  patterns: readonly string[],
  path: string,
): { pattern: string; raw: [name: string, raw: string][] } | null {
  const hits = patterns.flatMap((pattern) => {
    const raw = matchOne(pattern, path);
    return raw === null ? [] : [{ pattern, raw }];
  });
  hits.sort((a, b) => compareRanks(ranks(a.pattern), ranks(b.pattern)));
  return hits[0] ?? null;
}

/**
 * Percent-decoding as Bun does it, by tokens: first an alternative per way in which the octets of one sequence can
 * follow each other, then a strict decoder that decides which of them are UTF-8.
 */
export function decodeByTokens(text: string): string {
  const next = "(?:%[89ab][0-9a-f])";
  const token = new RegExp(
    `%[cd][0-9a-f]${next}?|%e[0-9a-f]${next}{0,2}|%f[0-7]${next}{0,3}|%[0-9a-f]{2}|%..|%`,
    "gis",
  );
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return text.replace(token, (escapes) => {
    if (!/^(?:%[0-9a-f]{2})+$/i.test(escapes)) return "\ufffd";
    try {
      return strict.decode(Buffer.from(escapes.replaceAll("%", ""), "hex"));
    } catch {
      return "\ufffd";
    }
  });
}
