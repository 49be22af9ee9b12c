import fc from "fast-check";

/** Any code point but a surrogate: fast-check's unit "binary", without the table that takes half a second of each process. */
export const codePoint: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10_ffff - 0x800 })
  .map((value) => String.fromCodePoint(value < 0xd800 ? value : value + 0x800));
