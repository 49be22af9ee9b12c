/** The text of a `.env` file, read as Bun reads it. No text is refused: a line that is no assignment is skipped, as in Bun. */

/** `NAME =` or `NAME: `, with or without `export` in front. As in Bun, the white space may contain line ends. */
const NAME = /(?:export\s+(?=[\w.-]+\s*(?:=|:\s)))?([\w.-]+)\s*(?:=|:\s)[ \t\v\f]*/y;
const SPACE = /\s*/y;
const LINE_END = /[\r\n]|$/g;

/** The assignments of the text, in its order and as they stand there: without expansion. The last one of a name counts. */
export function parseEnvFile(text: string): Map<string, string> {
  const source = text.replace(/^\uFEFF/, "");
  const values = new Map<string, string>();
  let at = 0;
  while (at < source.length) {
    at = endOf(SPACE, source, at);
    NAME.lastIndex = at;
    const found = NAME.exec(source);
    if (found === null) {
      at = lineEnd(source, at) + 1;
      continue;
    }
    at = NAME.lastIndex;
    const quoted = readQuoted(source, at);
    const end = lineEnd(source, quoted?.end ?? at);
    values.set(found[1]!, quoted?.value ?? unquoted(source.slice(at, end)));
    at = end + 1;
  }
  return values;
}

function endOf(pattern: RegExp, source: string, from: number): number {
  pattern.lastIndex = from;
  pattern.exec(source);
  return pattern.lastIndex;
}

function lineEnd(source: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.exec(source)!.index;
}

/** A value in quotes, which may have several lines. Without a closing quote there is none. What follows on its last line is skipped. */
function readQuoted(source: string, start: number): { readonly value: string; readonly end: number } | null {
  const quote = source[start];
  if (quote !== '"' && quote !== "'" && quote !== "`") return null;
  let end = start + 1;
  while (end < source.length && source[end] !== quote) end += source[end] === "\\" ? 2 : 1;
  if (end >= source.length) return null;
  const text = source.slice(start + 1, end);
  const value = quote === '"' ? withLineEnds(text) : text.replace(/\r\n?/g, "\n");
  return { value, end: end + 1 };
}

/** `\n` and `\r` become line ends. Bun leaves all other escapes as they are, that of a carriage return among them. */
function withLineEnds(text: string): string {
  return text.replace(/\\([\s\S])|\r\n?/g, (found, letter: string | undefined) =>
    letter === "n" || letter === undefined ? "\n" : letter === "r" ? "\r" : found,
  );
}

function unquoted(line: string): string {
  const comment = line.indexOf("#");
  return (comment === -1 ? line : line.slice(0, comment)).replace(/[ \t\v\f]+$/, "");
}

/**
 * Replaces `$NAME`, `${NAME}` and `${NAME:-default}`; `\$` stands for the sign itself.
 * @param lookup undefined for a name that has no value
 */
export function expand(value: string, lookup: (name: string) => string | undefined): string {
  let expanded = "";
  let at = 0;
  while (at < value.length) {
    if (value.startsWith("\\$", at)) {
      expanded += "$";
      at += 2;
      continue;
    }
    const isBraced = value.startsWith("${", at);
    const end = isBraced ? closingBrace(value, at + 2) : nameEnd(value, at);
    // As in Bun, nothing behind a brace that is not closed is replaced.
    if (end === -1) return expanded + value.slice(at);
    const [, name, otherwise = ""] = (isBraced && BRACED.exec(value.slice(at + 2, end))) || [];
    if (name !== undefined) {
      expanded += lookup(name) ?? expand(otherwise, lookup);
      at = end + 1;
    } else if (isBraced) {
      // As in Bun, nothing between braces is replaced that have no name.
      expanded += value.slice(at, end + 1);
      at = end + 1;
    } else if (end > at) {
      expanded += lookup(value.slice(at + 1, end)) ?? "";
      at = end;
    } else {
      expanded += value[at];
      at++;
    }
  }
  return expanded;
}

/** A name between braces, with or without a default. */
const BRACED = /^(\w*)(?::-([\s\S]*))?$/;
const UNBRACED = /\$\w+/y;

/** Where the name ends whose `$` is there; `start` if there is none. */
function nameEnd(value: string, start: number): number {
  UNBRACED.lastIndex = start;
  return UNBRACED.test(value) ? UNBRACED.lastIndex : start;
}

/** The `}` that ends a default, which may contain other references in braces. */
function closingBrace(value: string, from: number): number {
  let depth = 0;
  for (let at = from; at < value.length; at++) {
    if (value[at] === "\\") at++;
    else if (value.startsWith("${", at)) depth++;
    else if (value[at] === "}" && depth-- === 0) return at;
  }
  return -1;
}
