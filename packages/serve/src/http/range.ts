/** Bytes of a representation from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The unit's name is case-insensitive, and a list may have empty members (RFC 9110 §14.1, §5.6.1.2). */
const ONE_RANGE = /^bytes=[\t ,]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[\t ,]*$/i;

/**
 * Parses a Range field for a representation of `size` bytes (RFC 9110 §14.2).
 *
 * Numbers may be of any length (§14.1.1): one that is too large for a double's precision is past every file's end.
 * @returns the range; "unsatisfiable" (416) if it has no byte; null if the field is to be ignored: another unit, an
 *   invalid range, or several, for which a server may send the whole (as Bun does)
 */
export function parseRange(value: string, size: number): ByteRange | "unsatisfiable" | null {
  const match = ONE_RANGE.exec(value);
  if (match === null) return null;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Number(suffix);
    // §14.1.2: with a length it can be satisfied, and if there are fewer bytes it means all. An empty part has no Content-Range
    // (§14.4), so an empty representation is sent whole.
    if (length === 0) return "unsatisfiable";
    return size === 0 ? null : { start: Math.max(0, size - length), end: size };
  }
  const start = Number(first);
  const end = last === "" ? Number.POSITIVE_INFINITY : Number(last) + 1;
  // §14.1.1: a range that ends before it begins is invalid, and not unsatisfiable.
  if (last !== "" && isLess(last!, first!)) return null;
  if (start >= size) return "unsatisfiable";
  return { start, end: Math.min(end, size) };
}

/** Compares rows of digits of any length. */
function isLess(a: string, b: string): boolean {
  const left = Number(a);
  const right = Number(b);
  if (Number.isSafeInteger(left) || Number.isSafeInteger(right)) return left < right;
  return BigInt(a) < BigInt(b);
}
