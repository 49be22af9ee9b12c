/**
 * The arguments of BUN_OPTIONS, which stand in front of those of the command line. As for a shell, blanks separate them, and quotes and backslashes keep together
 * what has blanks.
 */
export function environmentArguments(text = ""): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === quote) quote = null;
    else if (quote === null && (char === '"' || char === "'")) {
      quote = char;
      word ??= "";
    } else if (quote === null && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      // Others are parts of paths.
      const isEscape = char === "\\" && quote !== "'" && /["'\\\s]/.test(text[at + 1] ?? "");
      word = (word ?? "") + (isEscape ? text[++at] : char);
    }
  }
  if (word !== null) words.push(word);
  return words;
}
