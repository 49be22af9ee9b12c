/** The offset at which a specifier stands in its quotes in the text of a module; -1 for one that the program computes. */
export function specifierOffset(specifier: string, text: string): number {
  for (const quote of ['"', "'", "`"]) {
    const at = text.search(
      new RegExp(String.raw`(?:\bfrom|\bimport|\brequire|\()\s*${quote}${escaped(specifier)}${quote}`),
    );
    if (at >= 0) return text.indexOf(quote, at);
  }
  return -1;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
