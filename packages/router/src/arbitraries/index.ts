/**
 * fast-check arbitraries for a router, or for code on top of one. Segments come from few and similar words, so that patterns
 * overlap, paths match them, and near misses are common.
 */
import fc, { type Arbitrary } from "fast-check";
import { parsePattern } from "../pattern.ts";

/** Words that share beginnings, the empty segment, dots, an escape, and a colon that begins no parameter. */
const words = ["a", "ab", "abc", "b", "ba", "", ".", "..", "%61", "a.b", "a:b"] as const;

/** `__proto__` and `constructor` are ordinary names too. */
const names = ["x", "y", "id", "user-id", "__proto__", "constructor"] as const;

/** A route table and a path to look up in it. */
export interface RoutedPath {
  /** Valid patterns, no two of one shape, in no particular order. */
  readonly patterns: readonly string[];
  /** A path that may or may not match. */
  readonly path: string;
}

/** A valid pattern of up to five segments. */
export function routePattern(): Arbitrary<string> {
  const holes = fc.shuffledSubarray([...names], { minLength: 4, maxLength: 4 });
  const kinds = fc.array(fc.oneof(fc.constantFrom(...words), fc.constant(null)), { maxLength: 4 });
  const ending = fc.constantFrom("", "/", "/*");
  return fc.tuple(holes, kinds, ending).map(([free, segments, end]) => {
    const text = segments.map((word, index) => (word === null ? `/:${free[index]}` : `/${word}`)).join("");
    return text + end === "" ? "/" : text + end;
  });
}

/** Up to `maxLength` (20 unless told) valid patterns, no two of which have the same shape, in any order. */
export function routeTable(maxLength: number = 20): Arbitrary<string[]> {
  return fc.uniqueArray(routePattern(), { maxLength, selector: (pattern) => parsePattern(pattern).shape });
}

/** A segment of a path as a client may send it: plain text, well-formed escapes, broken escapes and broken UTF-8. */
export function encodedSegment(): Arbitrary<string> {
  const octet = fc
    .integer({ min: 0, max: 255 })
    .map((value) => `%${value.toString(16).padStart(2, "0")}`)
    .chain((lower) => fc.constantFrom(lower, lower.toUpperCase()));
  // Not fast-check's unit "binary", which takes half a second for a table of the same code points.
  const codePoint = fc
    .integer({ min: 0, max: 0x10_ffff - 0x800 })
    .map((value) => String.fromCodePoint(value < 0xd800 ? value : value + 0x800));
  const character = fc.string({ unit: codePoint, minLength: 1, maxLength: 3 }).map(encodeURIComponent);
  const torn = fc.tuple(character, fc.nat(12)).map(([escapes, length]) => escapes.slice(0, length));
  const broken = fc.constantFrom("%", "%4", "%zz", "%4g", "%%41", "%-1", "%u0041");
  const piece = fc.oneof(fc.constantFrom("a", "Z", "0", "+", "~"), character, torn, octet, broken);
  return fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join("") || "%");
}

/** A path that was not made for any pattern. */
export function anyPath(): Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.constantFrom(...words), encodedSegment()), { minLength: 1, maxLength: 6 })
    .map((segments) => `/${segments.join("/")}`);
}

/** A path that the pattern matches (though in a table another pattern may go before it). */
export function pathMatching(pattern: string): Arbitrary<string> {
  const { literals, names: holes, wildcard } = parsePattern(pattern);
  const filler = fc.oneof(fc.constantFrom("a", "ab", "b"), encodedSegment());
  const fillers = fc.array(filler, { minLength: holes.length, maxLength: holes.length });
  const rest = wildcard ? fc.oneof(fc.constant(""), anyPath(), encodedSegment()) : fc.constant("");
  return fc.tuple(fillers, rest).map(([values, tail]) => {
    let path = "";
    for (const [index, literal] of literals.entries()) path += literal + (values[index] ?? "");
    return path + tail;
  });
}

/** A table with a path that matches one of its patterns, narrowly misses one, or is anything. */
export function routedPath(): Arbitrary<RoutedPath> {
  return routeTable().chain((patterns) => {
    const any = anyPath();
    if (patterns.length === 0) return any.map((path) => ({ patterns, path }));
    const hit = fc.constantFrom(...patterns).chain(pathMatching);
    const near = hit.chain((path) => fc.constantFrom(`${path}/`, `${path}a`, `/a${path}`, path.slice(0, -1)));
    return fc.oneof({ weight: 3, arbitrary: hit }, near, any).map((path) => ({ patterns, path }));
  });
}
