/** Matches a hidden name, which a wildcard finds only with the option `dot`. */
const NOT_HIDDEN = "(?!\\.)";

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
const classMember = (char: string): string => char.replace(/[\\\]^-]/, "\\$&");

/**
 * A pattern of paths as a regular expression, after `Bun.Glob`: `?`, `*`, `**` as a whole name, `[a-z]`, `[!a-z]`, `{a,b}`, `\` before
 * a literal character, and `!` in front. An unclosed bracket or brace is literal.
 * @param hidden whether wildcards find names that begin with a dot
 */
export function globExpression(pattern: string, hidden: boolean): RegExp {
  const start = /^!*/.exec(pattern)![0].length;
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
      if (char === "*") {
        while (end < to && pattern[end] === "*") end++;
        const isWhole = end - i > 1 && atName && (end === to || pattern[end] === "/");
        if (isWhole && end < to) {
          source += `(?:${this.#unlessHidden}[^/]*/)*`;
          i = end + 1;
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
          const options = cuts.slice(1).map((cut, n) => this.translate(cuts[n]! + 1, cut, atName));
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
