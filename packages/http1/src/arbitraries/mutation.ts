import fc from "fast-check";

/** Bytes that mean something to a parser: where one of them lands by chance, it does the most harm. */
const INTERESTING: readonly number[] = Array.from("\r\n \t:;,0159afg/.#@\0\x7f\xff", (c) => c.charCodeAt(0));

const interesting: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...INTERESTING) },
  fc.nat(255),
);

type Change =
  | { readonly kind: "replace" | "insert"; readonly at: number; readonly byte: number }
  | { readonly kind: "remove" | "repeat" | "swap"; readonly at: number; readonly length: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("replace" as const, "insert" as const),
    at: fc.nat(),
    byte: interesting,
  }),
  fc.record({
    kind: fc.constantFrom("remove" as const, "repeat" as const, "swap" as const),
    at: fc.nat(),
    length: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(1, 2) }, fc.nat(30)),
  }),
);

function apply(bytes: readonly number[], { at, ...what }: Change): number[] {
  if (bytes.length === 0) return [];
  const from = at % bytes.length;
  switch (what.kind) {
    case "replace":
      return bytes.with(from, what.byte);
    case "insert":
      return bytes.toSpliced(from, 0, what.byte);
    case "remove":
      return bytes.toSpliced(from, what.length);
    case "repeat":
      return bytes.toSpliced(from, 0, ...bytes.slice(from, from + what.length));
    case "swap": {
      const piece = bytes.slice(from, from + what.length);
      return bytes.toSpliced(from, piece.length, ...piece.reverse());
    }
  }
}

/**
 * Bytes of `source` with one to four small changes: a byte replaced, put in, left out, a stretch of them repeated or
 * turned round. Mostly no longer valid, but near enough to it to reach every corner of a parser.
 */
export function mutated(source: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(source, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([bytes, changes]) => Uint8Array.from(changes.reduce<number[]>(apply, [...bytes])));
}
