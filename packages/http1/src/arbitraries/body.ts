import fc from "fast-check";
import { type FieldLine, flatten, trailerFields } from "./fields.ts";
import { FIELD_CHARACTERS, latin1, textOf, token } from "./text.ts";

/** The part of a message behind its head: the bytes on the wire, and their meaning. */
export interface Body {
  readonly wire: Uint8Array;
  readonly content: Uint8Array;
  /** name, value, name, value … */
  readonly trailers: readonly string[];
}

/** Content of a few bytes, any of them, also CR and LF and the beginning of another request. */
export const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  // Without a least length: a failure shrinks to a few bytes.
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 700, size: "max" }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("\r\n", "\r\n\r\n", "0\r\n\r\n", "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
      .map(latin1),
  },
);

/** BWS of RFC 9110 §5.6.3, which a recipient must accept. */
const badWhitespace: fc.Arbitrary<string> = textOf(" \t", 0, 2);

/** A quoted string (RFC 9110 §5.6.4): any legal byte, quote and backslash behind a backslash. */
const quotedString: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...FIELD_CHARACTERS.filter((character) => character !== '"' && character !== "\\")),
      fc.constantFrom(...FIELD_CHARACTERS, '"', "\\").map((character) => `\\${character}`),
    ),
    { maxLength: 6 },
  )
  .map((characters) => `"${characters.join("")}"`);

/** One chunk extension (RFC 9112 §7.1.1), from the whitespace before its ";" on. */
export const chunkExtension: fc.Arbitrary<string> = fc
  .tuple(
    badWhitespace,
    badWhitespace,
    token,
    fc.option(fc.tuple(badWhitespace, badWhitespace, fc.oneof(token, quotedString)), { nil: null }),
  )
  .map(
    ([before, after, name, value]) =>
      `${before};${after}${name}${value === null ? "" : `${value[0]}=${value[1]}${value[2]}`}`,
  );

/** None, one or two. */
export const chunkExtensions: fc.Arbitrary<string> = fc
  .array(chunkExtension, { maxLength: 2 })
  .map((extensions) => extensions.join(""));

/** How a chunk size is written: its digits in any case, and up to sixteen of them. */
const sizeWriter: fc.Arbitrary<(size: number) => string> = fc
  .tuple(fc.boolean(), fc.constantFrom(0, 0, 0, 1, 3, 20))
  .map(([upper, zeros]) => (size: number) => {
    const digits = size.toString(16).padStart(Math.min(16, size.toString(16).length + zeros), "0");
    return upper ? digits.toUpperCase() : digits;
  });

// Its parts are independent of each other, so that each of them shrinks.
const chunk: fc.Arbitrary<Body> = fc
  .tuple(
    content.filter((bytes) => bytes.length > 0),
    sizeWriter,
    chunkExtensions,
  )
  .map(([bytes, write, extensions]) => ({
    wire: concat([latin1(`${write(bytes.length)}${extensions}\r\n`), bytes, latin1("\r\n")]),
    content: bytes,
    trailers: [],
  }));

/** Chunks without the last one and what follows it: the body is not at its end. */
export const openChunks: fc.Arbitrary<Body> = fc.array(chunk, { maxLength: 3 }).map((chunks) => ({
  wire: concat(chunks.map(({ wire }) => wire)),
  content: concat(chunks.map((one) => one.content)),
  trailers: [],
}));

/** A whole body in the chunked transfer coding (RFC 9112 §7.1), with extensions and trailers. */
export const chunkedBody: fc.Arbitrary<Body> = fc
  .tuple(openChunks, fc.integer({ min: 1, max: 16 }), chunkExtensions, trailerFields)
  .map(([chunks, zeros, extensions, trailers]) => ({
    wire: concat([chunks.wire, latin1(`${"0".repeat(zeros)}${extensions}\r\n${trailerSection(trailers)}`)]),
    content: chunks.content,
    trailers: flatten(trailers),
  }));

/** The field lines and the empty line that ends them. */
export function trailerSection(fields: readonly FieldLine[]): string {
  return `${fields.map(({ line }) => `${line}\r\n`).join("")}\r\n`;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
