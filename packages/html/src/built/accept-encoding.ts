/** The content codings that files are compressed with (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export type Coding = "br" | "zstd" | "gzip";

/**
 * The codings of the list that a client accepts, the client's favourite first, then in the order of the list (RFC 9110 §12.5.3).
 * @param field the value of Accept-Encoding
 */
export function acceptedCodings(field: string, known: readonly Coding[]): Coding[] {
  const weights = new Map<string, number>();
  for (const member of field.split(",")) {
    const [name = "", ...parameters] = member.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    const value = weight === undefined ? 1 : Number(weight.slice(2));
    // A weight that is none accepts nothing.
    if (name !== "") weights.set(name === "x-gzip" ? "gzip" : name, value >= 0 && value <= 1 ? value : 0);
  }
  const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get("*") ?? 0;
  return known.filter((coding) => weightOf(coding) > 0).sort((a, b) => weightOf(b) - weightOf(a));
}
