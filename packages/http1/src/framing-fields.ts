import { ProtocolError } from "./errors.ts";
import { trimWhitespace } from "./grammar.ts";

/** The fields that decide where a message ends and what becomes of its connection, as they stood in the head. */
export interface FramingFields {
  host: string | null;
  hostCount: number;
  contentLength: string | null;
  contentLengthCount: number;
  transferEncoding: string | null;
  connection: string | null;
  expect: string | null;
  upgrade: string | null;
}

/** Picks the eight fields that framing needs. Names are told apart by length first: few other fields share one. */
export function findFramingFields(text: string, start: number, end: number, maximum: number): FramingFields {
  const found: FramingFields = {
    host: null,
    hostCount: 0,
    contentLength: null,
    contentLengthCount: 0,
    transferEncoding: null,
    connection: null,
    expect: null,
    upgrade: null,
  };
  let count = 0;
  for (let position = start; position < end; ) {
    if (++count > maximum) throw new ProtocolError("HEAD_TOO_MANY_FIELDS");
    const colon = text.indexOf(":", position);
    // Lines are known to end in CRLF only; one character is found in half the time of two.
    const lineEnd = text.indexOf("\n", colon) - 1;
    switch (colon - position) {
      case 4:
        if (isNamed(text, position, "host")) {
          found.host = trimWhitespace(text, colon + 1, lineEnd);
          found.hostCount++;
        }
        break;
      case 6:
        if (isNamed(text, position, "expect")) found.expect = join(found.expect, text, colon, lineEnd);
        break;
      case 7:
        if (isNamed(text, position, "upgrade")) found.upgrade = join(found.upgrade, text, colon, lineEnd);
        break;
      case 10:
        if (isNamed(text, position, "connection"))
          found.connection = join(found.connection, text, colon, lineEnd);
        break;
      case 14:
        if (isNamed(text, position, "content-length")) {
          found.contentLength = trimWhitespace(text, colon + 1, lineEnd);
          found.contentLengthCount++;
        }
        break;
      case 17:
        if (isNamed(text, position, "transfer-encoding")) {
          found.transferEncoding = join(found.transferEncoding, text, colon, lineEnd);
        }
    }
    position = lineEnd + 2;
  }
  return found;
}

/** `name` in lower case, of letters and "-". Among the characters of a token only those are the same as it with 0x20. */
function isNamed(text: string, position: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((text.charCodeAt(position + i) | 0x20) !== name.charCodeAt(i)) return false;
  }
  return true;
}

function join(before: string | null, text: string, colon: number, lineEnd: number): string {
  const value = trimWhitespace(text, colon + 1, lineEnd);
  return before === null ? value : `${before}, ${value}`;
}
