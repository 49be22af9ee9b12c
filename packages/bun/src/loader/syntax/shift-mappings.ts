import type { Edit } from "./rewriter.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The mappings of a source map (ECMA-426) for code that was edited since. What stands behind an edit on its line has moved: Node.js takes the last mapping
 * before a place, so that another one would stand for it.
 *
 * @param code before the edits
 * @param edits in its order, none of which adds or removes a line
 */
export function shiftMappings(mappings: string, code: string, edits: readonly Edit[]): string {
  if (mappings === "" || edits.length === 0) return mappings;
  const lines = mappings.split(";");
  let line = 0;
  let start = 0;
  for (let i = 0; i < edits.length; ) {
    let end = code.indexOf("\n", start);
    if (end < 0) end = code.length;
    const first = i;
    while (i < edits.length && edits[i]!.to <= end) i++;
    if (i > first && lines[line]) lines[line] = shiftLine(lines[line]!, edits.slice(first, i), start);
    line++;
    start = end + 1;
  }
  return lines.join(";");
}

/** Each segment begins with its column, as the distance from that of the segment before it. */
function shiftLine(segments: string, edits: readonly Edit[], lineStart: number): string {
  let column = 0;
  let next = 0;
  const shifted = segments.split(",").map((segment) => {
    const { value, digits } = firstNumber(segment);
    column += value;
    let by = 0;
    for (; next < edits.length && edits[next]!.to - lineStart <= column; next++) by += edits[next]!.growth;
    return by === 0 ? segment : inDigits(value + by) + segment.slice(digits);
  });
  return shifted.join(",");
}

/** The first number of a segment: digits of five bits, the lowest first, of which the first has the sign. */
function firstNumber(segment: string): { value: number; digits: number } {
  let bits = 0;
  for (let i = 0; ; i++) {
    const digit = DIGITS.indexOf(segment[i]!);
    bits |= (digit & 31) << (5 * i);
    if (digit < 32) return { value: (bits & 1) === 0 ? bits >> 1 : -(bits >> 1), digits: i + 1 };
  }
}

function inDigits(value: number): string {
  let text = "";
  for (let bits = value < 0 ? (-value << 1) | 1 : value << 1; ; bits >>= 5) {
    if (bits < 32) return text + DIGITS[bits];
    text += DIGITS[(bits & 31) | 32];
  }
}
