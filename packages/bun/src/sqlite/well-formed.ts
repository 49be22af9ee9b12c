/** Replaces lone surrogates, which have no bytes in UTF-8. */
export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text;
}
