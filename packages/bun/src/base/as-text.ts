/** A value as text, by the language's own conversion. `String` would write a symbol, too. @throws TypeError for a symbol */
export function asText(value: unknown): string {
  return `${value}`;
}
