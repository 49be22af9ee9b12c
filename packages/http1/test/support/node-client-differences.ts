import type { ErrorCode } from "../../src/errors.ts";

/** A class of responses about which Node's client and ours disagree, and the rule of the RFC. */
export interface ClientDifference {
  readonly name: string;
  readonly rfc: string;
  readonly example: string;
  readonly ours: "accepted" | "rejected";
  /** Versions of Node's parser that differ; all of them if left out. */
  readonly from?: number;
  readonly before?: number;
  covers(input: ClientInput): boolean;
}

/** Bytes as latin1 text, and why we refused them, if we did. */
export interface ClientInput {
  readonly text: string;
  readonly code: ErrorCode | null;
  /** The response closes the connection, and something stands behind it. */
  readonly followed: boolean;
}

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const LENGTH = "Content-Length: 0\r\n\r\n";

function refused(code: ErrorCode): ClientDifference["covers"] {
  return (input) => input.code === code;
}

/** Of llhttp, Node's parser, as major × 100 + minor. */
const [major, minor] = process.versions["llhttp"]!.split(".").map(Number);
const version = major! * 100 + minor!;

/** Errors in responses that Node's parser accepted once, and now refuses. */
const ONCE_LENIENT = /^(?:BARE_LF|FIELD_|TRAILER_INVALID|CHUNK_|PREMATURE_END)/;

const all: readonly ClientDifference[] = [
  {
    name: "a minor version past 1",
    rfc: "RFC 9110 §2.5: a higher minor version of the same major version is to be processed like the highest known",
    example: `HTTP/1.7 200 OK\r\n${LENGTH}`,
    ours: "accepted",
    covers: ({ text }) => /HTTP\/1\.[2-9] /.test(text),
  },
  {
    name: "whitespace or a quoted string in chunk extensions",
    rfc: "RFC 9112 §7.1.1: BWS is allowed around semicolon and equals sign, and extensions are to be ignored",
    example: `${CHUNKED}1 ;a="b\\"c"\r\nx\r\n0\r\n\r\n`,
    ours: "accepted",
    covers: ({ text }) => /[0-9a-f](?:[ \t]+;|;[^\r]*[^!#$%&'*+.^_`|~0-9A-Za-z=;-])[^\r]*\r\n/i.test(text),
  },
  {
    name: "an interim response of HTTP/1.0",
    rfc: "RFC 9110 §15.2: a client must be able to parse interim responses, and they end with their head",
    example: `HTTP/1.0 103 \r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}`,
    ours: "accepted",
    covers: ({ text }) => /HTTP\/1\.0 1/.test(text),
  },
  {
    name: "204 with fields that delimit content",
    before: 900,
    rfc: "RFC 9112 §6.3, step 1: it ends with its head, whatever its fields",
    example: "HTTP/1.1 204 OK\r\nContent-Length: 4\r\n\r\n",
    ours: "accepted",
    covers: ({ text }) => /HTTP\/1\.[0-9] [23]04/.test(text),
  },
  {
    name: "invalid line ends, folded lines and names",
    before: 900,
    rfc: "RFC 9112 §2.2 and §5: what is refused in requests is no better in responses",
    example: `HTTP/1.1 200 OK\nX: y\r\n${LENGTH}`,
    ours: "rejected",
    covers: ({ code }) => code !== null && ONCE_LENIENT.test(code),
  },
  {
    name: "what follows a response with Connection: close",
    from: 900,
    rfc: "RFC 9112 §9.6: the client closes after that response; nothing is read behind it",
    example: `HTTP/1.1 200 OK\r\nConnection: close\r\n${LENGTH}???`,
    ours: "accepted",
    covers: ({ followed }) => followed,
  },
  {
    name: "101 for a protocol that was not offered",
    rfc: "RFC 9110 §7.8: a server MUST NOT switch to a protocol that the client has not indicated",
    example: "HTTP/1.1 101 \r\n\r\n",
    ours: "rejected",
    covers: refused("UPGRADE_UNEXPECTED"),
  },
  {
    name: "Transfer-Encoding in HTTP/1.0",
    rfc: "RFC 9112 §6.1: MUST be treated as if the framing is faulty",
    example: "HTTP/1.0 200 OK\r\nTransfer-Encoding: identity\r\n\r\nx",
    ours: "rejected",
    covers: refused("TRANSFER_ENCODING_HTTP_1_0"),
  },
  {
    name: "chunked with parameters, or something that is no coding",
    rfc: "RFC 9112 §7.1: chunked has no parameters, and their presence SHOULD be treated as an error",
    example: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;q=1\r\n\r\nx",
    ours: "rejected",
    covers: refused("TRANSFER_ENCODING_INVALID"),
  },
  {
    name: "a status line with a control character in the reason",
    rfc: "RFC 9112 §4: a reason has none; §2.2: a bare CR is invalid",
    example: `HTTP/1.1 200 O\x01K\r\n${LENGTH}`,
    ours: "rejected",
    covers: refused("STATUS_LINE_INVALID"),
  },
  {
    name: "another version of which the rest is HTTP/1",
    rfc: "RFC 9112 §2.3: the major version decides how to read the message",
    example: `HTTP/2.0 200 OK\r\n${LENGTH}`,
    ours: "rejected",
    covers: refused("VERSION_UNSUPPORTED"),
  },
  {
    name: "an empty line before the status line",
    rfc: "RFC 9112 §2.2: only servers should skip one; the response before it was longer than declared",
    example: `\r\nHTTP/1.1 200 OK\r\n${LENGTH}`,
    ours: "rejected",
    covers: ({ text, code }) => code !== null && /^[\r\n]/.test(text),
  },
  {
    name: "a field that must not stand in the trailer section",
    rfc: "RFC 9110 §6.5.1: forbidden to send; a recipient that merges it into the header changes the message behind its content",
    example: `${CHUNKED}0\r\nSet-Cookie: x\r\n\r\n`,
    ours: "rejected",
    covers: refused("TRAILER_FORBIDDEN"),
  },
  {
    name: "something behind the only response",
    rfc: "RFC 9112 §9.2: without a request it MUST NOT be considered a response; Node closes silently",
    example: `HTTP/1.1 200 OK\r\n${LENGTH}\r\n`,
    ours: "rejected",
    covers: refused("RESPONSE_UNEXPECTED"),
  },
];

export const clientDifferences: readonly ClientDifference[] = all.filter(
  ({ from = 0, before = Number.POSITIVE_INFINITY }) => from <= version && version < before,
);
