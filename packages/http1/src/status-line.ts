import { diagnoseLines } from "./diagnosis.ts";
import { ProtocolError } from "./errors.ts";
import { Fields } from "./fields.ts";
import { type FramingFields, findFramingFields } from "./framing-fields.ts";
import { fieldLinesEnd, isFieldValue } from "./grammar.ts";
import type { HeadSyntax } from "./head-reader.ts";
import type { Limits } from "./limits.ts";

/** A response head by itself: what it means depends on the request that it answers. */
export interface StatusAndFields {
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  readonly fields: Fields;
  readonly framing: FramingFields;
}

/** RFC 9112 §4. The space behind the status is there even if there is no reason; the reason is checked apart. */
const STATUS_LINE = /^HTTP\/1\.([0-9]) ([0-9]{3}) (.*)$/s;

/**
 * Parses a whole response head.
 *
 * @param text latin1 text, one character per byte
 * @param start where the status line begins in it
 * @param end where the CRLF CRLF that ends the head begins
 * @throws ProtocolError for the first thing that is wrong, in the order of the bytes
 */
export function parseStatusAndFields(
  text: string,
  start: number,
  end: number,
  limits: Readonly<Limits>,
): StatusAndFields {
  const lineEnd = text.indexOf("\r\n", start);
  const fieldsStart = lineEnd + 2;
  // The CRLF of the last field line is the first half of CRLF CRLF.
  const fieldsEnd = end + 2;
  const line = STATUS_LINE.exec(text.slice(start, lineEnd));
  if (line === null || !isFieldValue(line[3]!) || fieldLinesEnd(text, fieldsStart) !== fieldsEnd) {
    throw diagnoseLines(text, start, fieldsEnd, statusLineError) ?? new ProtocolError("STATUS_LINE_INVALID");
  }
  return {
    status: Number(line[2]),
    reason: line[3]!,
    minor: line[1] === "0" ? 0 : 1,
    fields: new Fields(text, fieldsStart, fieldsEnd),
    framing: findFramingFields(text, fieldsStart, fieldsEnd, limits.headFields),
  };
}

function statusLineError(line: string): ProtocolError | null {
  const version = /^HTTP\/([0-9])\.[0-9](?: |$)/.exec(line);
  if (version === null) return new ProtocolError("VERSION_INVALID");
  if (version[1] !== "1") return new ProtocolError("VERSION_UNSUPPORTED");
  const parts = STATUS_LINE.exec(line);
  return parts !== null && isFieldValue(parts[3]!) ? null : new ProtocolError("STATUS_LINE_INVALID");
}

/**
 * How a client reads heads. RFC 9112 §2.2 lets servers skip empty lines; where a client meets one, the response
 * before it was longer than it said.
 */
export const responseSyntax: HeadSyntax<StatusAndFields> = {
  parse: parseStatusAndFields,
  startLineError: statusLineError,
  emptyLines: false,
  startLineBytes: Number.POSITIVE_INFINITY,
};
