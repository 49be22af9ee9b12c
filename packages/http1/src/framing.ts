import { ProtocolError } from "./errors.ts";
import { CHUNKED } from "./events.ts";
import { isHost, listMembers, parseContentLength } from "./grammar.ts";

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

/** RFC 9112 §3.2: one Host in a 1.1 request, at most one in 1.0, and always a host with an optional port. */
export function checkHost(fields: FramingFields, minor: 0 | 1): void {
  if (fields.hostCount > 1) throw new ProtocolError("HOST_DUPLICATE");
  if (fields.host === null) {
    if (minor === 1) throw new ProtocolError("HOST_MISSING");
    return;
  }
  if (!isHost(fields.host)) throw new ProtocolError("HOST_INVALID");
}

/**
 * The length of a request's content by the steps of RFC 9112 §6.3, each doubtful case refused: whoever stood
 * before us may have read it the other way, and that is how requests are smuggled.
 */
export function requestContentLength(fields: FramingFields, minor: 0 | 1, bodyLimit: number): number {
  // Steps 3 and 4: Transfer-Encoding.
  if (fields.transferEncoding !== null) {
    if (minor === 0) throw new ProtocolError("TRANSFER_ENCODING_HTTP_1_0");
    if (fields.contentLengthCount > 0) throw new ProtocolError("TRANSFER_ENCODING_WITH_LENGTH");
    checkTransferEncoding(fields.transferEncoding);
    return CHUNKED;
  }
  // Step 7: neither field, no content.
  if (fields.contentLength === null) return 0;
  // Step 5. A list of equal values may be accepted, and is refused: no client sends it by intention.
  if (fields.contentLengthCount > 1) throw new ProtocolError("CONTENT_LENGTH_DUPLICATE");
  const length = parseContentLength(fields.contentLength);
  if (length < 0) throw new ProtocolError("CONTENT_LENGTH_INVALID");
  // Step 6.
  if (length > bodyLimit || length === Number.POSITIVE_INFINITY) throw new ProtocolError("BODY_TOO_LARGE");
  return length;
}

/**
 * Chunked alone is implemented, and it must stand once and last. If it does not, nobody can tell where the content
 * ends, which RFC 9112 §6.3 wants answered with 400, whether or not the other codings are known (§6.1: 501).
 */
function checkTransferEncoding(value: string): void {
  const codings = listMembers(value);
  if (codings.length === 0 || codings.indexOf("chunked") !== codings.length - 1) {
    throw new ProtocolError("TRANSFER_ENCODING_INVALID");
  }
  if (codings.length > 1) throw new ProtocolError("TRANSFER_ENCODING_UNKNOWN");
}

/** RFC 9112 §9.3: 1.1 persists unless told not to, 1.0 only if asked to. */
export function requestKeepAlive(options: readonly string[], minor: 0 | 1): boolean {
  if (options.includes("close")) return false;
  return minor === 1 || options.includes("keep-alive");
}

/** RFC 9110 §10.1.1: one expectation exists, and an HTTP/1.0 client cannot have it. */
export function requestExpectsContinue(fields: FramingFields, minor: 0 | 1): boolean {
  if (fields.expect === null || minor === 0) return false;
  const expectations = listMembers(fields.expect);
  if (expectations.some((expectation) => expectation !== "100-continue")) {
    throw new ProtocolError("EXPECTATION_UNKNOWN");
  }
  return expectations.length > 0;
}
