/** Matches a hidden name, which a wildcard finds only with the option `dot`. */
const NOT_HIDDEN = "(?!\\.)";

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
const classMember = (char: string): string => char.replace(/[\\\]^-]/, "\\$&");

/**
 * A pattern of paths as a regular expression, after `Bun.Glob`: `?`, `*`, `**` as a whole name, `[a-z]`, `[!a-z]`, `{a,b}`, `{1..9..2}`,
 * `?(a|b)` and the other groups, `\` before a literal character, and `!` in front. An unclosed bracket, brace or group is literal.
 * @param hidden whether wildcards find names that begin with a dot
 */
export function globExpression(pattern: string, hidden: boolean): RegExp {
  // The last "!" in front of a parenthesis begins a group.
  const start = /^(?:!(?!\())*/.exec(pattern)![0].length;
  const source = new Translator(pattern, hidden).translate(start, pattern.length, true);
  return new RegExp(start % 2 === 1 ? `^(?!${source}$)` : `^${source}$`, "su");
}

class Translator {
  readonly #pattern: string;
  readonly #unlessHidden: string;

  constructor(pattern: string, hidden: boolean) {
    this.#pattern = pattern;
    this.#unlessHidden = hidden ? "" : NOT_HIDDEN;
  }

  /**
   * The expression for `pattern[from, to)`.
   * @param begins whether a name begins at `from`
   */
  translate(from: number, to: number, begins: boolean): string {
    const pattern = this.#pattern;
    let source = "";
    let atName = begins;
    for (let i = from; i < to; ) {
      const char = pattern[i]!;
      let end = i + 1;
      let part: string | null = null;
      const bars =
        pattern[end] === "(" && end < to && "?*+@!".includes(char) ? this.#groupCuts(end, to) : null;
      if (bars !== null) {
        end = bars.at(-1)! + 1;
        part = this.#group(char, bars, end, to, atName);
      } else if (char === "*") {
        while (end < to && pattern[end] === "*") end++;
        const isWhole = end - i === 2 && atName && (end === to || pattern[end] === "/");
        if (isWhole && end < to) {
          source += `(?:${this.#unlessHidden}[^/]*/)*`;
          i = end + 1;
          // A name is due behind the slash, unless the pattern ends there.
          if (pattern[i] === "*") source += "(?!$)";
          continue;
        }
        part = isWhole ? this.#anyNames() : `${this.#unlessHiddenAt(atName)}[^/]*`;
      } else if (char === "?") part = `${this.#unlessHiddenAt(atName)}[^/]`;
      else if (char === "[") {
        const close = this.#classEnd(i, to);
        if (close !== null) {
          part = this.#unlessHiddenAt(atName) + this.#class(i + 1, close);
          end = close + 1;
        }
      } else if (char === "{") {
        const cuts = this.#alternatives(i, to);
        if (cuts !== null) {
          const range = cuts.length === 2 ? rangeOf(pattern.slice(i + 1, cuts[1])) : null;
          const options = range ?? cuts.slice(1).map((cut, n) => this.translate(cuts[n]! + 1, cut, atName));
          part = `(?:${options.join("|")})`;
          end = cuts.at(-1)! + 1;
        }
      } else if (char === "\\" && i + 1 < to) {
        part = literal(pattern[i + 1]!);
        end = i + 2;
      }
      source += part ?? literal(char);
      atName = char === "/";
      i = end;
    }
    return source;
  }

  #unlessHiddenAt(atName: boolean): string {
    return atName ? this.#unlessHidden : "";
  }

  #anyNames(): string {
    return `${this.#unlessHidden}[^/]*(?:/${this.#unlessHidden}[^/]*)*`;
  }

  /** The end of the class that begins at `from`; a bracket right at its beginning is one of its characters. */
  #classEnd(from: number, to: number): number | null {
    let i = from + 1;
    if (/[!^]/.test(this.#pattern[i] ?? "")) i++;
    for (const first = i; i < to; i++) {
      if (this.#pattern[i] === "\\") i++;
      else if (this.#pattern[i] === "]" && i > first) return i;
    }
    return null;
  }

  #class(from: number, to: number): string {
    const inner = this.#pattern.slice(from, to);
    const negated = /^[!^]/.test(inner);
    const chars = [...inner.slice(negated ? 1 : 0).matchAll(/\\?(.)/gsu)].map(([, char]) => char!);
    let ranges = "";
    for (let i = 0; i < chars.length; i++) {
      const low = chars[i]!;
      const isRange = chars[i + 1] === "-" && i + 2 < chars.length;
      const high = isRange ? chars[i + 2]! : low;
      if (isRange) i += 2;
      if (low > high) continue;
      // A slash separates names, and belongs to a range of characters only as its first or last one.
      const hasSlash = low < "/" && high > "/";
      ranges += hasSlash
        ? `${classMember(low)}-.0-${classMember(high)}`
        : `${classMember(low)}-${classMember(high)}`;
    }
    return negated ? `[^/${ranges}]` : `[${ranges}]`;
  }

  /** The positions of the parentheses and bars of a group; null if it is not closed. */
  #groupCuts(from: number, to: number): number[] | null {
    const cuts = [from];
    let depth = 0;
    for (let i = from; i < to; i++) {
      const char = this.#pattern[i];
      if (char === "\\") i++;
      else if (char === "(") depth++;
      else if (char === "|" && depth === 1) cuts.push(i);
      else if (char === ")" && --depth === 0) return [...cuts, i];
    }
    return null;
  }

  /** A group of patterns, such as `@(a|b)`. `end` is behind it. */
  #group(kind: string, cuts: readonly number[], end: number, to: number, atName: boolean): string {
    const options = cuts.slice(1).map((cut, n) => this.translate(cuts[n]! + 1, cut, atName));
    const any = `(?:${options.join("|")})`;
    if (kind !== "!") return kind === "@" ? any : any + kind;
    // Nothing that the patterns match may stand here, with all that follows.
    const rest = to === this.#pattern.length ? `${this.translate(end, to, false)}$` : "(?=/|$)";
    return `(?!${any}${rest})${this.#unlessHiddenAt(atName)}[^/]*`;
  }

  /** The positions of the braces and commas of the alternatives that begin at `from`; null if they are not closed. */
  #alternatives(from: number, to: number): number[] | null {
    const cuts = [from];
    let depth = 0;
    for (let i = from; i < to; i++) {
      const char = this.#pattern[i];
      if (char === "\\") i++;
      else if (char === "{") depth++;
      else if (char === "," && depth === 1) cuts.push(i);
      else if (char === "}" && --depth === 0) return [...cuts, i];
    }
    return null;
  }
}

/** More alternatives would make an expression of megabytes. */
const MAX_RANGE = 10_000;

/**
 * The members of a range such as `1..9..2` or `a..e`; null for other text.
 * @throws RangeError for a range of more than 10,000 members
 */
function rangeOf(text: string): string[] | null {
  const match = /^(-?\d+|[a-z])\.\.(-?\d+|[a-z])(?:\.\.(-?\d+))?$/iu.exec(text);
  if (match === null) return null;
  const [, first = "", last = "", given = "1"] = match;
  const isNumber = /\d/.test(first);
  if (isNumber !== /\d/.test(last)) return null;
  const codeOf = (end: string): number => (isNumber ? Number(end) : end.charCodeAt(0));
  const [from, to] = [codeOf(first), codeOf(last)];
  const step = Math.max(1, Math.abs(Number(given)));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > MAX_RANGE) throw new RangeError(`The range {${text}} has more than ${MAX_RANGE} members`);
  // A leading zero asks for members of the same length.
  const isPadded = [first, last].some((end) => /^-?0\d/.test(end));
  const width = isPadded ? Math.max(first.length, last.length) : 0;
  return Array.from({ length: count }, (_, i) => {
    const code = from + (to < from ? -i : i) * step;
    if (!isNumber) return literal(String.fromCharCode(code));
    const sign = code < 0 ? "-" : "";
    return sign + String(Math.abs(code)).padStart(width - sign.length, "0");
  });
}
