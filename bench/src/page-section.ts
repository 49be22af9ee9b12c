/**
 * docs/benchmarks.md is written by two programs: each replaces its own part and keeps the other's, which stands between
 * two comments.
 */
const BEGIN = "<!-- begin: written by bench/dist/micro/main.js -->";
const END = "<!-- end: written by bench/dist/micro/main.js -->";

/** The part of the page that the other program wrote, comments included; "" if there is none. */
export function microSection(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  return begin < 0 || end < begin ? "" : page.slice(begin, end + END.length);
}

/** The page with this text as its section: in its place if there is one, else at the end. */
export function withMicroSection(page: string, text: string): string {
  const marked = `${BEGIN}\n\n${text.trim()}\n\n${END}`;
  const old = microSection(page);
  // A function, since "$&" in a replacement would mean something.
  if (old !== "") return page.replace(old, () => marked);
  return `${page.trimEnd()}${page.trim() === "" ? "" : "\n\n"}${marked}\n`;
}

/** The page written anew, with the section that the old one had. */
export function keepingMicroSection(page: string, old: string): string {
  const kept = microSection(old);
  return kept === "" ? page : `${page.trimEnd()}\n\n${kept}\n`;
}
