import { diagnoseLines } from "./diagnosis.ts";
import { ProtocolError } from "./errors.ts";
import { Fields } from "./fields.ts";
import { type FramingFields, findFramingFields } from "./framing-fields.ts";
import { fieldLinesEnd, statusLineEnd } from "./grammar.ts";
import type { HeadSyntax } from "./head-reader.ts";
import type { Limits } from "./limits.ts";

/** A response head by itself. Its meaning depends on the request. */
export interface ParsedResponse {
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  readonly fields: Fields;
  readonly framingFields: FramingFields;
}

/** "HTTP/1.", and with the minor version, a space, the status and another space. */
const MINOR_DIGIT = 7;
const STATUS = 9;
const REASON = 13;
const ZERO = 0x30;

/**
 * Parses a whole response head.
 *
 * @param text latin1 text, one character per byte
 * @param start where the status line begins in it
 * @param end where the CRLF CRLF that ends the head begins
 * @throws ProtocolError for the first thing that is wrong, in the order of the bytes
 */
export function parseResponse(
  text: string,
  start: number,
  end: number,
  limits: Readonly<Limits>,
): ParsedResponse {
  const fieldsStart = statusLineEnd(text, start);
  // The CRLF of the last field line is the first half of CRLF CRLF.
  const fieldsEnd = end + 2;
  if (fieldsStart === start || fieldLinesEnd(text, fieldsStart) !== fieldsEnd) {
    throw diagnoseLines(text, start, fieldsEnd, statusLineError) ?? new ProtocolError("STATUS_LINE_INVALID");
  }
  return {
    status: Number(text.slice(start + STATUS, start + STATUS + 3)),
    reason: text.slice(start + REASON, fieldsStart - 2),
    minor: text.charCodeAt(start + MINOR_DIGIT) === ZERO ? 0 : 1,
    fields: new Fields(text, fieldsStart, fieldsEnd),
    framingFields: findFramingFields(text, fieldsStart, fieldsEnd, limits.headFields),
  };
}

function statusLineError(line: string): ProtocolError | null {
  const version = /^HTTP\/([0-9])\.[0-9](?: |$)/.exec(line);
  if (version === null) return new ProtocolError("VERSION_INVALID");
  if (version[1] !== "1") return new ProtocolError("VERSION_UNSUPPORTED");
  const whole = `${line}\r\n`;
  return statusLineEnd(whole, 0) === whole.length ? null : new ProtocolError("STATUS_LINE_INVALID");
}

/**
 * How a client reads heads. RFC 9112 §2.2 lets servers skip empty lines. If a client finds one, the response before it was longer
 * than declared.
 */
export const responseSyntax: HeadSyntax<ParsedResponse> = {
  parse: parseResponse,
  cache: null,
  startLineError: statusLineError,
  prefix: "HTTP/",
  emptyLines: false,
  startLineBytes: Number.POSITIVE_INFINITY,
};
