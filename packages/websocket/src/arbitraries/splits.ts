import * as fc from "fast-check";

/** Places to cut `length` bytes at, ascending: none, all, or some. */
export function cuts(length: number): fc.Arbitrary<number[]> {
  if (length < 2) return fc.constant<number[]>([]);
  // For long input all places show no more than many, and take long.
  const everywhere = length <= 500 ? Array.from({ length: length - 1 }, (_, i) => i + 1) : [1];
  const somewhere = fc.integer({ min: 1, max: length - 1 });
  return fc.oneof(
    {
      weight: 1,
      arbitrary: fc.constant<number[]>(everywhere),
    },
    {
      weight: 9,
      arbitrary: fc.uniqueArray(somewhere, { maxLength: 12 }).map((at) => at.sort((a, b) => a - b)),
    },
  );
}

/** `bytes` cut at `at`. The pieces share its memory. */
export function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...at, bytes.length];
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end));
}

/** Ways of receiving `bytes` in pieces. */
export function split(bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> {
  return cuts(bytes.length).map((at) => cut(bytes, at));
}
