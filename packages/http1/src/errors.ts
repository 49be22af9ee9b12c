/**
 * The reasons to refuse a peer's bytes: one row for each, and the error class that carries a row.
 *
 * A parser check is one line, `throw new ProtocolError("…")`. Its status and its message stand here.
 */
export interface ErrorRow {
  /**
   * The status of a server's response, after which it closes. A client that refuses a response does not use it. Rows that only a
   * client has say 502, the status that a gateway would send to its own client.
   */
  readonly status: 400 | 413 | 414 | 417 | 431 | 501 | 502 | 505;
  readonly message: string;
  /** The section that the bytes break. */
  readonly rfc: string;
}

/** Stable names: an application may depend on them. */
export type ErrorCode =
  | "BARE_LF"
  | "EMPTY_LINES"
  | "METHOD_INVALID"
  | "REQUEST_LINE_INVALID"
  | "REQUEST_LINE_TOO_LONG"
  | "TARGET_INVALID"
  | "VERSION_INVALID"
  | "VERSION_UNSUPPORTED"
  | "FIELD_NAME_INVALID"
  | "FIELD_NAME_SPACE"
  | "FIELD_VALUE_INVALID"
  | "FIELD_COLON_MISSING"
  | "FIELD_FOLDED"
  | "HEAD_TOO_LARGE"
  | "HEAD_TOO_MANY_FIELDS"
  | "HOST_MISSING"
  | "HOST_DUPLICATE"
  | "HOST_INVALID"
  | "CONTENT_LENGTH_INVALID"
  | "CONTENT_LENGTH_DUPLICATE"
  | "TRANSFER_ENCODING_WITH_LENGTH"
  | "TRANSFER_ENCODING_HTTP_1_0"
  | "TRANSFER_ENCODING_INVALID"
  | "TRANSFER_ENCODING_UNKNOWN"
  | "EXPECTATION_UNKNOWN"
  | "BODY_TOO_LARGE"
  | "CHUNK_SIZE_INVALID"
  | "CHUNK_SIZE_TOO_LARGE"
  | "CHUNK_EXTENSION_INVALID"
  | "CHUNK_EXTENSIONS_TOO_LARGE"
  | "CHUNK_DATA_UNTERMINATED"
  | "TRAILER_INVALID"
  | "TRAILER_FORBIDDEN"
  | "TRAILERS_TOO_LARGE"
  | "PREMATURE_END"
  | "STATUS_LINE_INVALID"
  | "RESPONSE_UNEXPECTED"
  | "INTERIM_RESPONSES_TOO_MANY"
  | "UPGRADE_UNEXPECTED";

export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = {
  BARE_LF: row(400, "A line ends in LF without CR", "RFC 9112 §2.2"),
  EMPTY_LINES: row(400, "Too many empty lines before the request line", "RFC 9112 §2.2"),
  METHOD_INVALID: row(400, "The method is not a token", "RFC 9110 §9.1"),
  REQUEST_LINE_INVALID: row(400, "The request line is not method SP target SP version", "RFC 9112 §3"),
  REQUEST_LINE_TOO_LONG: row(414, "The request line is too long", "RFC 9112 §3"),
  TARGET_INVALID: row(400, "The request target is not valid", "RFC 9112 §3.2"),
  VERSION_INVALID: row(400, "The HTTP version is malformed", "RFC 9112 §2.3"),
  VERSION_UNSUPPORTED: row(505, "The HTTP major version is not supported", "RFC 9110 §15.6.6"),
  FIELD_NAME_INVALID: row(400, "A field name is not a token", "RFC 9110 §5.1"),
  FIELD_NAME_SPACE: row(400, "There is whitespace between a field name and its colon", "RFC 9112 §5.1"),
  FIELD_VALUE_INVALID: row(400, "A field value contains a control character", "RFC 9110 §5.5"),
  FIELD_COLON_MISSING: row(400, "A field line has no colon", "RFC 9112 §5"),
  FIELD_FOLDED: row(400, "A field line is folded", "RFC 9112 §5.2"),
  HEAD_TOO_LARGE: row(431, "The header section is too large", "RFC 6585 §5"),
  HEAD_TOO_MANY_FIELDS: row(431, "There are too many header fields", "RFC 6585 §5"),
  HOST_MISSING: row(400, "The Host field is missing", "RFC 9112 §3.2"),
  HOST_DUPLICATE: row(400, "There is more than one Host field", "RFC 9112 §3.2"),
  HOST_INVALID: row(400, "The Host field is not a host with an optional port", "RFC 9112 §3.2"),
  CONTENT_LENGTH_INVALID: row(400, "Content-Length is not a row of digits", "RFC 9112 §6.3"),
  CONTENT_LENGTH_DUPLICATE: row(400, "There is more than one Content-Length", "RFC 9112 §6.3"),
  TRANSFER_ENCODING_WITH_LENGTH: row(400, "Transfer-Encoding and Content-Length together", "RFC 9112 §6.3"),
  TRANSFER_ENCODING_HTTP_1_0: row(400, "Transfer-Encoding in an HTTP/1.0 message", "RFC 9112 §6.1"),
  TRANSFER_ENCODING_INVALID: row(400, "Transfer-Encoding does not end in one chunked", "RFC 9112 §6.3"),
  TRANSFER_ENCODING_UNKNOWN: row(501, "The transfer coding is not implemented", "RFC 9112 §6.1"),
  EXPECTATION_UNKNOWN: row(417, "The expectation is not 100-continue", "RFC 9110 §10.1.1"),
  BODY_TOO_LARGE: row(413, "The content is too large", "RFC 9110 §15.5.14"),
  CHUNK_SIZE_INVALID: row(400, "A chunk size is not hexadecimal digits", "RFC 9112 §7.1"),
  CHUNK_SIZE_TOO_LARGE: row(400, "A chunk size does not fit 53 bits", "RFC 9112 §7.1"),
  CHUNK_EXTENSION_INVALID: row(
    400,
    "A chunk extension is not a name with an optional value",
    "RFC 9112 §7.1.1",
  ),
  CHUNK_EXTENSIONS_TOO_LARGE: row(413, "The chunk extensions are too large or too many", "RFC 9112 §7.1.1"),
  CHUNK_DATA_UNTERMINATED: row(400, "Chunk data is not followed by CRLF", "RFC 9112 §7.1"),
  TRAILER_INVALID: row(400, "The trailer section is not a row of valid field lines", "RFC 9112 §7.1.2"),
  TRAILER_FORBIDDEN: row(
    400,
    "A field in the trailer section must stand in the header section",
    "RFC 9110 §6.5.1",
  ),
  TRAILERS_TOO_LARGE: row(431, "The trailer section is too large", "RFC 9112 §7.1.2"),
  PREMATURE_END: row(400, "The connection ended in the middle of a message", "RFC 9112 §8"),
  STATUS_LINE_INVALID: row(502, "The status line is not version SP status SP reason", "RFC 9112 §4"),
  RESPONSE_UNEXPECTED: row(502, "The server sent bytes without a request", "RFC 9112 §9.2"),
  INTERIM_RESPONSES_TOO_MANY: row(502, "There are too many interim responses", "RFC 9110 §15.2"),
  UPGRADE_UNEXPECTED: row(502, "The server switched to a protocol that was not offered", "RFC 9110 §7.8"),
};

function row(status: ErrorRow["status"], message: string, rfc: string): ErrorRow {
  return { status, message, rfc };
}

/** The peer broke the protocol. After it a connection reads nothing more. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
  readonly code: ErrorCode;
  readonly status: ErrorRow["status"];
  readonly rfc: string;

  constructor(code: ErrorCode) {
    const { message, status, rfc } = ERRORS[code];
    super(`${message} (${rfc})`);
    this.code = code;
    this.status = status;
    this.rfc = rfc;
  }
}

/** The application called for something that HTTP cannot carry; nothing was written. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
