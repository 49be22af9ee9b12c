import { ProtocolError, UsageError } from "./errors.ts";
import { FieldBlock, type FieldList, type Fields, parseFields } from "./fields.ts";
import type { Limits } from "./limits.ts";

/**
 * Fields that are processed before the content, or that decide about message and connection. Behind the content they have no
 * meaning, or a dangerous one: a recipient that merges them into the header changes the message (RFC 9110 §6.5.1). The list is
 * about the one that Go's net/http keeps out of trailers, with Upgrade and the cookies.
 */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "expect",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keep-alive",
  "max-forwards",
  "pragma",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "range",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

/** @returns the name of the first field that must not stand behind content, or null */
function forbidden(list: FieldList): string | null {
  for (let i = 0; i < list.length; i += 2) {
    if (FORBIDDEN.has(list[i]!.toLowerCase())) return list[i]!;
  }
  return null;
}

/** @throws UsageError as FieldBlock does, and for a field that must not be sent behind content */
export function trailerBlock(list: FieldList): FieldBlock {
  const name = forbidden(list);
  if (name !== null) throw new UsageError(`The field ${name} must not be in a trailer section`);
  return new FieldBlock(list);
}

/**
 * @param text the field lines of a received trailer section
 * @throws ProtocolError for an invalid field line, for too many, and for a field that must not be in trailers
 */
export function parseTrailers(text: string, limits: Readonly<Limits>): Fields {
  const fields = parseFields(text);
  if (fields === null) throw new ProtocolError("TRAILER_INVALID");
  if (fields.list.length > 2 * limits.trailerFields) throw new ProtocolError("TRAILERS_TOO_LARGE");
  if (forbidden(fields.list) !== null) throw new ProtocolError("TRAILER_FORBIDDEN");
  return fields;
}
