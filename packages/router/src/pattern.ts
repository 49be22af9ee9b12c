/**
 * The parser of path patterns. It refuses patterns that `Bun.serve` accepts, but that can never match or have a misleading
 * meaning; the README's table has each case, tried with Bun 1.4.5.
 */

/** A pattern as literal text with holes: `/a/:x/b/*` is the literals `/a/` and `/b/`, the name `x`, and a wildcard. */
export interface PathPattern {
  /** The pattern as it was written. */
  readonly pattern: string;
  /**
   * The pattern without its parameters' names, e.g. `/a/:/b/*`. Two patterns of one shape match the same paths.
   * Unambiguous, because literal text has no ":" behind a "/", and no "*".
   */
  readonly shape: string;
  /** The text before each parameter, then the text behind the last one, if there is any. Each includes its slashes. */
  readonly literals: readonly string[];
  /** The parameters' names, from the left. `names[i]` stands between `literals[i]` and `literals[i + 1]`. */
  readonly names: readonly string[];
  /** Whether the pattern ends in `/*`; the last literal then ends in "/". */
  readonly wildcard: boolean;
}

/** The reasons to refuse a pattern: one row for each rule. */
const ERRORS = {
  type: "it must be a string",
  start: 'it must start with "/"',
  ascii: "it may only hold printable ASCII; percent-encode the rest as clients send it",
  query: 'a path never holds "?" or "#"',
  wildcard: '"*" must be a whole segment, and the last one',
  unnamed: 'a parameter needs a name after ":"',
  name: 'a parameter\'s name is made of ASCII letters, digits, "_", "$", "-" and "." and does not start with a digit; there are no modifiers such as "?", "*" or "(…)"',
  duplicate: "each parameter needs a name of its own",
} as const;

const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;

/** Bun also refuses a name that starts with a digit; its types would infer it, but `params[0]` reads as an index. */
const PARAMETER_NAME = /^[A-Za-z_$.-][\w$.-]*$/;

/**
 * Parses a pattern.
 *
 * @param pattern Literal segments, `:name` segments, and `*` as the last segment, as in Bun's `routes`
 * (https://bun.com/docs/runtime/http/routing).
 * @throws {TypeError} naming the pattern and the rule it breaks.
 */
export function parsePattern(pattern: string): PathPattern {
  if (typeof pattern !== "string") throw refusal(pattern, "type");
  if (!pattern.startsWith("/")) throw refusal(pattern, "start");
  if (!PRINTABLE_ASCII.test(pattern)) throw refusal(pattern, "ascii");
  const segments = pattern.slice(1).split("/");
  const literals: string[] = [];
  const names: string[] = [];
  let literal = "";
  let wildcard = false;
  for (const [index, segment] of segments.entries()) {
    literal += "/";
    if (segment === "*" && index === segments.length - 1) {
      wildcard = true;
    } else if (segment.startsWith(":")) {
      names.push(checkedName(pattern, segment.slice(1), names));
      literals.push(literal);
      literal = "";
    } else {
      literal += checkedText(pattern, segment);
    }
  }
  const shape = `${[...literals, literal].join(":")}${wildcard ? "*" : ""}`;
  if (literal !== "") literals.push(literal);
  return { pattern, shape, literals, names, wildcard };
}

function checkedText(pattern: string, segment: string): string {
  if (segment.includes("*")) throw refusal(pattern, "wildcard");
  if (segment.includes("?") || segment.includes("#")) throw refusal(pattern, "query");
  return segment;
}

function checkedName(pattern: string, name: string, earlier: readonly string[]): string {
  if (name === "") throw refusal(pattern, "unnamed");
  if (!PARAMETER_NAME.test(name)) throw refusal(pattern, "name");
  if (earlier.includes(name)) throw refusal(pattern, "duplicate");
  return name;
}

function refusal(pattern: unknown, error: keyof typeof ERRORS): TypeError {
  const shown = typeof pattern === "string" ? JSON.stringify(pattern) : `of type ${typeof pattern}`;
  return new TypeError(`Invalid route pattern ${shown}: ${ERRORS[error]}`);
}
