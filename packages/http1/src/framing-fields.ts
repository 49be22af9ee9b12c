import { ProtocolError } from "./errors.ts";
import { trimWhitespace } from "./grammar.ts";

/** The fields that decide where a message ends and whether its connection persists, as they stood in the head. */
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

const C = 0x63;
const E = 0x65;
const H = 0x68;
const T = 0x74;
const U = 0x75;

/**
 * Finds the eight fields that framing needs. Of most other lines it reads only the first letter and the end.
 *
 * @param text from `start` to `end` whole field lines that `fieldLinesEnd` has approved
 * @throws ProtocolError for more than `maximum` lines
 */
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
    // Every line ends in CRLF, and a search for one character takes half the time of one for two.
    const lineEnd = text.indexOf("\n", position) - 1;
    switch (text.charCodeAt(position) | 0x20) {
      case C:
        if (isNamed(text, position, "connection:")) {
          found.connection = join(found.connection, text, position + 11, lineEnd);
        } else if (isNamed(text, position, "content-length:")) {
          found.contentLength = trimWhitespace(text, position + 15, lineEnd);
          found.contentLengthCount++;
        }
        break;
      case E:
        if (isNamed(text, position, "expect:"))
          found.expect = join(found.expect, text, position + 7, lineEnd);
        break;
      case H:
        if (isNamed(text, position, "host:")) {
          found.host = trimWhitespace(text, position + 5, lineEnd);
          found.hostCount++;
        }
        break;
      case T:
        if (isNamed(text, position, "transfer-encoding:")) {
          found.transferEncoding = join(found.transferEncoding, text, position + 18, lineEnd);
        }
        break;
      case U:
        if (isNamed(text, position, "upgrade:"))
          found.upgrade = join(found.upgrade, text, position + 8, lineEnd);
    }
    position = lineEnd + 2;
  }
  return found;
}

/**
 * @param name in lower case, of letters and "-", with the colon. In a valid line no other character equals them with 0x20 set: CR
 *   becomes "-", but stands behind the colon only
 */
function isNamed(text: string, position: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((text.charCodeAt(position + i) | 0x20) !== name.charCodeAt(i)) return false;
  }
  return true;
}

function join(before: string | null, text: string, start: number, end: number): string {
  const value = trimWhitespace(text, start, end);
  return before === null ? value : `${before}, ${value}`;
}
