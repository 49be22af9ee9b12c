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
    const lineEnd = text.indexOf("\r\n", colon);
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

function isNamed(text: string, position: number, name: string): boolean {
  // Most fields of the same length differ in the first letter, which costs no string.
  if ((text.charCodeAt(position) | 0x20) !== name.charCodeAt(0)) return false;
  return text.slice(position, position + name.length).toLowerCase() === name;
}

function join(before: string | null, text: string, colon: number, lineEnd: number): string {
  const value = trimWhitespace(text, colon + 1, lineEnd);
  return before === null ? value : `${before}, ${value}`;
}
