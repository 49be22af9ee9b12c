import { isTokenByte, isWhitespace } from "./grammar.ts";

/**
 * The place of the next byte in the chunk extensions of a size line (RFC 9112 §7.1.1):
 *
 * ```
 * chunk-ext     = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
 * quoted-string = DQUOTE *( HTAB / SP / VCHAR without DQUOTE and "\" / obs-text / "\" any of them ) DQUOTE
 * ```
 *
 * The extensions have no meaning here, but an invalid one is refused: two lenient readers of a size line have read one body as
 * two.
 */
export type ExtensionPlace =
  /** behind whitespace: a semicolon is due */
  | "before-semicolon"
  | "before-name"
  | "name"
  | "after-name"
  | "before-value"
  | "value"
  | "quoted"
  /** behind a backslash */
  | "quoted-pair"
  /** behind the closing quote */
  | "quoted-end";

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @returns the place of the byte behind `byte`, or null if `byte` cannot stand at `place` */
export function nextExtensionPlace(place: ExtensionPlace, byte: number): ExtensionPlace | null {
  switch (place) {
    case "before-name":
      if (isWhitespace(byte)) return "before-name";
      return isTokenByte(byte) ? "name" : null;
    case "name":
      if (isTokenByte(byte)) return "name";
      return isWhitespace(byte) ? "after-name" : behindName(byte);
    case "after-name":
      return isWhitespace(byte) ? "after-name" : behindName(byte);
    case "before-value":
      if (isWhitespace(byte)) return "before-value";
      if (byte === QUOTE) return "quoted";
      return isTokenByte(byte) ? "value" : null;
    case "value":
      return isTokenByte(byte) ? "value" : behindValue(byte);
    case "quoted":
      if (byte === QUOTE) return "quoted-end";
      if (byte === BACKSLASH) return "quoted-pair";
      return isFieldByte(byte) ? "quoted" : null;
    case "quoted-pair":
      return isFieldByte(byte) ? "quoted" : null;
    default:
      return behindValue(byte);
  }
}

/** Whether the size line may end at `place`: whitespace belongs to what follows it, so it cannot be the last byte. */
export function mayEndAt(place: ExtensionPlace): boolean {
  return place === "name" || place === "value" || place === "quoted-end";
}

function behindName(byte: number): ExtensionPlace | null {
  if (byte === EQUALS) return "before-value";
  return byte === SEMICOLON ? "before-name" : null;
}

function behindValue(byte: number): ExtensionPlace | null {
  if (isWhitespace(byte)) return "before-semicolon";
  return byte === SEMICOLON ? "before-name" : null;
}

/** HTAB, SP, VCHAR and obs-text. */
function isFieldByte(byte: number): boolean {
  return byte === 0x09 || (byte >= 0x20 && byte !== 0x7f);
}
