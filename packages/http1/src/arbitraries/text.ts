import fc from "fast-check";

/** Characters of a token (RFC 9110 §5.6.2). */
export const TOKEN_CHARACTERS =
  "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));

/** Every byte that may stand in a field value, as a latin1 character: HTAB, SP, VCHAR and obs-text (§5.5). */
export const FIELD_CHARACTERS: readonly string[] = ["\t", ...range(0x20, 0x7e), ...range(0x80, 0xff)];

/** Every byte that may not, but for LF, which is a defect of another kind: it ends a line. */
export const CONTROL_CHARACTERS: readonly string[] = [
  ...range(0x00, 0x08),
  "\x0b",
  "\x0c",
  "\r",
  ...range(0x0e, 0x1f),
  "\x7f",
];

/** Every byte that is neither of a token nor SP, HTAB, LF or a colon. */
export const NOT_IN_NAMES: readonly string[] = range(0x00, 0xff).filter(
  (character) => !TOKEN_CHARACTERS.includes(character) && !" \t\n:".includes(character),
);

/** A string over the given characters. */
export function textOf(
  characters: string | readonly string[],
  minLength: number,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
}

/** A token, as methods, field names, codings and connection options are. */
export const token: fc.Arbitrary<string> = textOf(TOKEN_CHARACTERS, 1, 12);

/** SP and HTAB, or nothing: OWS of RFC 9110 §5.6.3. */
export const optionalWhitespace: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("", " ") },
  textOf(" \t", 0, 4),
);

/** A field value without whitespace around it, any legal byte within; often empty or short. */
export const fieldValue: fc.Arbitrary<string> = textOf(FIELD_CHARACTERS, 0, 24).map((text) =>
  text.replace(/^[ \t]+|[ \t]+$/g, ""),
);

/** The text with its letters in upper and lower case at random: names and options ignore case. */
export function anyCase(text: string): fc.Arbitrary<string> {
  return fc
    .nat()
    .map((bits) =>
      Array.from(text, (letter, i) =>
        (bits >> (i % 31)) & 1 ? letter.toUpperCase() : letter.toLowerCase(),
      ).join(""),
    );
}

/**
 * Bytes from text in which each character is one byte.
 * @throws RangeError for a character past U+00FF
 */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    if (code > 0xff) throw new RangeError(`${JSON.stringify(character)} is not one byte`);
    return code;
  });
}
