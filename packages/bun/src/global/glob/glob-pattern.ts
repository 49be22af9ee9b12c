import { GlobMachine, type Kind, type Look, type Part, sequence } from "./glob-machine.ts";

/** A compiled pattern. */
export interface GlobMatcher {
  /** Whether the pattern matches a whole path. */
  test(path: string): boolean;
}

const codeOf = (char: string): number => char.codePointAt(0)!;
const [SLASH, DOT, HYPHEN] = [codeOf("/"), codeOf("."), codeOf("-")] as const;

const isInName: Kind = (char) => char !== SLASH;
const isVisible: Look = (next) => next !== DOT;
const isFollowed: Look = (next) => next !== undefined;

/**
 * Compiles a pattern of paths, after `Bun.Glob`: `?`, `*`, `**` as a whole name, `[a-z]`, `[!a-z]`, `{a,b}`, `{1..9..2}`, `?(a|b)` and
 * the other groups, `\` before a literal character, and `!` in front. An unclosed bracket, brace or group is literal.
 * @param hidden whether wildcards find names that begin with a dot
 * @throws RangeError for a range of more than 10,000 members
 */
export function compileGlob(pattern: string, hidden: boolean): GlobMatcher {
  // The last "!" in front of a parenthesis begins a group.
  const begin = /^(?:!(?!\())*/.exec(pattern)![0].length;
  const machine = new GlobMachine();
  const start = new Translator(pattern, machine, hidden).translate(begin, pattern.length, true)(machine.end);
  const expected = begin % 2 === 0;
  return { test: (path) => machine.matches(start, path) === expected };
}

class Translator {
  readonly #pattern: string;
  readonly #machine: GlobMachine;
  readonly #unlessHidden: Part;
  /** Any characters of a name. */
  readonly #anyInName: Part;

  constructor(pattern: string, machine: GlobMachine, hidden: boolean) {
    this.#pattern = pattern;
    this.#machine = machine;
    this.#unlessHidden = hidden ? sequence([]) : machine.where(isVisible);
    this.#anyInName = machine.repeated(machine.step(isInName));
  }

  /**
   * The part for `pattern[from, to)`.
   * @param begins whether a name begins at `from`
   * @param behind what follows the alternative that the text is. A slash there is matched, too: it belongs to a "**" in front of it.
   */
  translate(from: number, to: number, begins: boolean, behind: number = this.#pattern.length): Part {
    const pattern = this.#pattern;
    const parts: Part[] = [];
    let atName = begins;
    let awaitsSlash = pattern[behind] === "/";
    for (let i = from; i < to; ) {
      const char = String.fromCodePoint(pattern.codePointAt(i)!);
      let end = i + char.length;
      let part: Part | null = null;
      const bars = "?*+@!".includes(char) ? this.#groupCuts(end, to) : null;
      const braces = char === "{" ? this.#alternatives(i, to) : null;
      const cuts = bars ?? braces;
      if (cuts !== null) {
        end = cuts.at(-1)! + 1;
        const next = end < to ? end : behind;
        part = bars === null ? this.#braces(cuts, atName, next) : this.#group(char, cuts, atName, next);
        // The alternatives have the slash.
        if (pattern[next] === "/" && !/[*+!]/.test(char)) {
          parts.push(part);
          if (end < to) end++;
          else awaitsSlash = false;
          atName = true;
          i = end;
          continue;
        }
      } else if (char === "*") {
        // The last one in front of a parenthesis begins a group.
        while (end < to && pattern[end] === "*" && this.#groupCuts(end + 1, to) === null) end++;
        const next = end < to ? end : behind;
        const isWhole = end - i === 2 && atName && (next === pattern.length || pattern[next] === "/");
        if (isWhole && next < pattern.length) {
          parts.push(this.#namesAbove());
          if (end === to) awaitsSlash = false;
          // What a single "*" finds behind it is not empty.
          else if (pattern[end + 1] === "*" && !/[*(]/.test(pattern[end + 2] ?? ""))
            parts.push(this.#machine.where(isFollowed));
          i = end + 1;
          continue;
        }
        part = isWhole ? this.#anyNames() : this.#visible(this.#anyInName, atName);
      } else if (char === "?") part = this.#visible(this.#machine.step(isInName), atName);
      else if (char === "[") {
        const close = this.#classEnd(i, to);
        if (close !== null) {
          part = this.#visible(this.#machine.step(this.#class(i + 1, close)), atName);
          end = close + 1;
        }
      } else if (char === "\\" && i + 1 < to) {
        const escaped = String.fromCodePoint(pattern.codePointAt(i + 1)!);
        part = this.#literal(escaped);
        end = i + 1 + escaped.length;
      }
      parts.push(part ?? this.#literal(char));
      atName = char === "/";
      i = end;
    }
    if (awaitsSlash) parts.push(this.#literal("/"));
    return sequence(parts);
  }

  #literal(text: string): Part {
    return sequence(
      Array.from(text, (char) => {
        const code = codeOf(char);
        return this.#machine.step((one) => one === code);
      }),
    );
  }

  #visible(part: Part, atName: boolean): Part {
    return atName ? sequence([this.#unlessHidden, part]) : part;
  }

  /** Any names, each with a slash behind it. */
  #namesAbove(): Part {
    return this.#machine.repeated(sequence([this.#unlessHidden, this.#anyInName, this.#literal("/")]));
  }

  #anyNames(): Part {
    return sequence([this.#namesAbove(), this.#unlessHidden, this.#anyInName]);
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

  #class(from: number, to: number): Kind {
    const inner = this.#pattern.slice(from, to);
    const negated = /^[!^]/.test(inner);
    const chars = [...inner.slice(negated ? 1 : 0).matchAll(/\\?(.)/gsu)].map(([, char]) => codeOf(char!));
    const ranges: (readonly [low: number, high: number])[] = [];
    for (let i = 0; i < chars.length; i++) {
      const low = chars[i]!;
      const isRange = chars[i + 1] === HYPHEN && i + 2 < chars.length;
      ranges.push([low, isRange ? chars[i + 2]! : low]);
      if (isRange) i += 2;
    }
    // A slash separates names, and belongs to a range of characters only as its first or last one.
    const isOne: Kind = (char) =>
      ranges.some(
        ([low, high]) => low <= char && char <= high && (char !== SLASH || low === SLASH || high === SLASH),
      );
    return negated ? (char) => char !== SLASH && !isOne(char) : isOne;
  }

  /** The positions of the parentheses and bars of a group; null if none begins at `from`, or if it is not closed. */
  #groupCuts(from: number, to: number): number[] | null {
    if (from >= to || this.#pattern[from] !== "(") return null;
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

  /** Alternatives, or the members of a range. @param behind as that of `translate` */
  #braces(cuts: readonly number[], atName: boolean, behind: number): Part {
    const range = cuts.length === 2 ? rangeOf(this.#pattern.slice(cuts[0]! + 1, cuts[1])) : null;
    if (range === null) return this.#any(cuts, atName, behind);
    const slash = this.#pattern[behind] === "/" ? "/" : "";
    return this.#machine.either(range.map((text) => this.#literal(text + slash)));
  }

  #any(cuts: readonly number[], atName: boolean, behind?: number): Part {
    const options = cuts.slice(1).map((cut, n) => this.translate(cuts[n]! + 1, cut, atName, behind));
    return this.#machine.either(options);
  }

  /** A group of patterns, such as `@(a|b)`. @param behind as that of `translate`, for those whose match is one of their patterns */
  #group(kind: string, cuts: readonly number[], atName: boolean, behind: number): Part {
    const machine = this.#machine;
    if (kind === "@") return this.#any(cuts, atName, behind);
    if (kind === "?") {
      const none = this.#pattern[behind] === "/" ? this.#literal("/") : sequence([]);
      return machine.either([this.#any(cuts, atName, behind), none]);
    }
    const any = this.#any(cuts, atName);
    if (kind !== "!") return machine.repeated(any, kind === "+" ? 1 : 0);
    return machine.except(any, this.#visible(this.#anyInName, atName));
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

/** More alternatives would make a machine of megabytes. */
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
  const endOf = (end: string): number => (isNumber ? Number(end) : codeOf(end));
  const [from, to] = [endOf(first), endOf(last)];
  const step = Math.max(1, Math.abs(Number(given)));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (count > MAX_RANGE) throw new RangeError(`The range {${text}} has more than ${MAX_RANGE} members`);
  // A leading zero asks for members of the same length.
  const isPadded = [first, last].some((end) => /^-?0\d/.test(end));
  const width = isPadded ? Math.max(first.length, last.length) : 0;
  return Array.from({ length: count }, (_, i) => {
    const code = from + (to < from ? -i : i) * step;
    if (!isNumber) return String.fromCharCode(code);
    const sign = code < 0 ? "-" : "";
    return sign + String(Math.abs(code)).padStart(width - sign.length, "0");
  });
}
