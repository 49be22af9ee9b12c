/** Characters that mean something to a shell. */
const SPECIAL = /[\s$>&|=;{},()[\]\\"'*?~#<`]/;

/** The text as one word of a command, as Bun writes it. */
export function escapeWord(text: unknown): string {
  const word = String(text);
  if (word !== "" && !SPECIAL.test(word)) return word;
  return `"${word.replace(/[\\"$`]/g, "\\$&")}"`;
}

/** Expands `{a,b}`: the words in their order. */
export function braces(pattern: string): string[] {
  for (let from = pattern.indexOf("{"); from !== -1; from = pattern.indexOf("{", from + 1)) {
    const parts = partsBehind(pattern, from);
    if (parts === null) continue;
    const [before, after] = [pattern.slice(0, from), pattern.slice(parts.end)];
    return parts.texts.flatMap((text) => braces(before + text + after));
  }
  return [pattern];
}

/** The parts between commas of the group that begins there; null for one without commas, or without an end. */
function partsBehind(pattern: string, from: number): { texts: string[]; end: number } | null {
  const texts: string[] = [];
  let depth = 0;
  let start = from + 1;
  for (let at = from; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "\\") at++;
    else if (char === "{") depth++;
    else if (char === "," && depth === 1) {
      texts.push(pattern.slice(start, at));
      start = at + 1;
    } else if (char === "}" && --depth === 0) {
      if (texts.length === 0) return null;
      return { texts: [...texts, pattern.slice(start, at)], end: at + 1 };
    }
  }
  return null;
}
