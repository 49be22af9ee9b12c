import fc from "fast-check";

/** Ways to cut something of any length, as fractions: they are applied to a length by `cutAt`. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.nat(9_999), { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant<number[]>([]) },
);

/** The bytes in order, cut where `fractions` (of ten thousand) fall; no piece is empty. */
export function cutAt(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const places = fractions.map((fraction) => Math.floor((fraction * bytes.length) / 10_000));
  const sorted = [...new Set([0, ...places])].sort((a, b) => a - b);
  return sorted.map((from, i) => bytes.subarray(from, sorted[i + 1])).filter((piece) => piece.length > 0);
}

/** The same bytes, in pieces of one byte. */
export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
}
