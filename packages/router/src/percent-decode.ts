/**
 * Percent-decoding that cannot fail, with the results of Bun 1.4.5 (tried on the wire; its documentation has only that
 * invalid Unicode becomes U+FFFD). `decodeURIComponent` would throw on hostile input, which costs more than decoding it.
 */

const REPLACEMENT = "\ufffd";

/** By a number of octets: the least code point that may be written in so many (RFC 3629, section 3). */
const LEAST_CODE_POINT = [0, 0, 0x80, 0x800, 0x10000] as const;

/**
 * Decodes `%XX` escapes as UTF-8, once.
 *
 * - A sequence that is cut short, overlong, a surrogate or above U+10FFFF becomes one U+FFFD, and so does an octet
 *   that begins no sequence. (A `TextDecoder` may write several where this writes one.)
 * - A "%" without two hexadecimal digits becomes U+FFFD together with the two characters after it, or alone where
 *   fewer than two follow.
 * - All other characters, also "+", do not change. A text without "%" is returned unchanged.
 */
export function percentDecode(text: string): string {
  let at = text.indexOf("%");
  if (at === -1) return text;
  let decoded = "";
  let copied = 0;
  while (at !== -1) {
    decoded += text.slice(copied, at);
    const lead = octetAt(text, at);
    if (lead === -1) {
      decoded += REPLACEMENT;
      copied = malformedEnd(text, at);
    } else {
      const size = sequenceSize(lead);
      let codePoint = size === 1 ? lead : lead & (0x7f >> size);
      let taken = 1;
      copied = at + 3;
      for (; taken < size; taken++) {
        const octet = octetAt(text, copied);
        // -1 has all bits set, so the end of the escapes ends the sequence too.
        if ((octet & 0xc0) !== 0x80) break;
        codePoint = (codePoint << 6) | (octet & 0x3f);
        copied += 3;
      }
      decoded +=
        taken === size && isScalarValue(codePoint, size) ? String.fromCodePoint(codePoint) : REPLACEMENT;
    }
    at = text.indexOf("%", copied);
  }
  return decoded + text.slice(copied);
}

/** The octet escaped at `at`, or -1 if there is no well-formed escape. */
function octetAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x25) return -1;
  const high = hexValue(text.charCodeAt(at + 1));
  const low = hexValue(text.charCodeAt(at + 2));
  return high === -1 || low === -1 ? -1 : (high << 4) | low;
}

/** The value of a hexadecimal digit, or -1; also for the NaN behind a text's end. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** How many octets a lead octet announces; 0 if it can't lead (a continuation, or F8 and above). */
function sequenceSize(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc0 || lead >= 0xf8) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function isScalarValue(codePoint: number, size: number): boolean {
  return (
    codePoint >= LEAST_CODE_POINT[size]! &&
    codePoint <= 0x10ffff &&
    !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  );
}

/** The end of the malformed escape that begins at `at`. */
function malformedEnd(text: string, at: number): number {
  if (at + 3 > text.length) return at + 1;
  // Bun counts bytes and we count UTF-16 units: never leave half of a surrogate pair behind.
  return (text.codePointAt(at + 2) ?? 0) > 0xffff ? at + 4 : at + 3;
}
