import { METHODS } from "node:http";
import type { ErrorCode } from "../../src/errors.ts";

/** A kind of input about which Bun 1.4 and we disagree, and the rule of the RFC. */
export interface BunDifference {
  readonly name: string;
  readonly rfc: string;
  readonly example: string;
  /** Our result; Bun's is the opposite, or has other requests. */
  readonly ours: "accepted" | "rejected";
  covers(input: BunInput): boolean;
}

/** Bytes as latin1 text, and why we refused them, if we did. */
export interface BunInput {
  readonly text: string;
  readonly code: ErrorCode | null;
}

const KNOWN = new Set(METHODS);
const HOST = "Host: a\r\n";
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly minor: string;
}

/** Each request line of HTTP/1 in the text. */
function requestLines(text: string): RequestLine[] {
  return [...text.matchAll(/([^\s]+) ([^\s]+) HTTP\/1\.([0-9])\r\n/g)].map((match) => ({
    method: match[1]!,
    target: match[2]!,
    minor: match[3]!,
  }));
}

function someLine(check: (line: RequestLine) => boolean): BunDifference["covers"] {
  return ({ text }) => requestLines(text).some(check);
}

/** In an input with chunks, by what stands in a line that looks like that of a chunk size. */
function inChunks(pattern: RegExp): BunDifference["covers"] {
  return ({ text }) => /\ntransfer-encoding:[^\r]*chunked/i.test(text) && pattern.test(text);
}

function refused(...codes: ErrorCode[]): BunDifference["covers"] {
  return ({ code }) => code !== null && codes.includes(code);
}

export const differences: readonly BunDifference[] = [
  {
    name: "a method that is not registered",
    rfc: "RFC 9110 §9.1: any token is a method; an unknown one gets 501",
    example: `BREW / HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: someLine(({ method }) => !KNOWN.has(method)),
  },
  {
    name: "a minor version past 1",
    rfc: "RFC 9110 §6.2: a higher minor version of the same major version is to be processed like the highest known",
    example: `GET / HTTP/1.7\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: someLine(({ minor }) => minor > "1"),
  },
  {
    name: "a connection that an HTTP/1.0 client wants to keep",
    rfc: "RFC 9112 §9.3: keep-alive may be honored, which Bun does not",
    example: `GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: someLine(({ minor }) => minor === "0"),
  },
  {
    name: "an asterisk for a server-wide OPTIONS",
    rfc: "RFC 9112 §3.2.4: one of the four forms of a target",
    example: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: someLine(({ target }) => target === "*"),
  },
  {
    name: "an absolute-form of another scheme than http and https",
    rfc: "RFC 9112 §3.2.2: any absolute URI, which a server MUST accept",
    example: `GET ws://a/ HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: someLine(({ target }) => /^(?!https?:)[^/?]*:\/\//i.test(target)),
  },
  {
    name: "content of a CONNECT request",
    rfc: "RFC 9112 §6.3: Content-Length and Transfer-Encoding delimit the content of any request; we open no tunnel",
    example: `CONNECT a:1 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`,
    ours: "accepted",
    covers: someLine(({ method }) => method === "CONNECT"),
  },
  {
    name: "an empty line before a request line",
    rfc: "RFC 9112 §2.2: a server SHOULD ignore at least one",
    example: `\r\nGET / HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: ({ text }) => /(?:^|\r\n\r\n)\r\n/.test(text),
  },
  {
    name: "bad whitespace in chunk extensions",
    rfc: "RFC 9110 §5.6.3: a recipient MUST parse it and remove it",
    example: `${CHUNKED}1 ; a\r\nx\r\n0\r\n\r\n`,
    ours: "accepted",
    covers: inChunks(/\n[0-9a-f]+(?:;[^\r\n]*)?[ \t]/i),
  },
  {
    name: "trailers",
    rfc: "RFC 9112 §7.1.2: field lines behind the last chunk; Bun takes them for the next request, and refuses that",
    example: `${CHUNKED}0\r\nDigest: x\r\n\r\n`,
    ours: "accepted",
    covers: inChunks(/\n0+(?:[ \t]*;[^\r\n]*)?\r\n(?!\r\n)/),
  },
  {
    name: "an invalid chunk extension",
    rfc: "RFC 9112 §7.1.1: names with optional values",
    example: `${CHUNKED}1;;=\r\nx\r\n0\r\n\r\n`,
    ours: "rejected",
    covers: refused("CHUNK_EXTENSION_INVALID"),
  },
  {
    name: "a chunk size of more than 16 digits, or past 2^53 - 1",
    rfc: "RFC 9112 §7.1: recipients MUST anticipate large numerals; no sender needs that many",
    example: `${CHUNKED}${"1".padStart(17, "0")}\r\nx\r\n0\r\n\r\n`,
    ours: "rejected",
    covers: refused("CHUNK_SIZE_TOO_LARGE"),
  },
  {
    name: "a Host field that is no host",
    rfc: "RFC 9112 §3.2: MUST be refused with 400",
    example: "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
    ours: "rejected",
    covers: refused("HOST_INVALID"),
  },
  {
    name: "two Host fields",
    rfc: "RFC 9112 §3.2: MUST be refused with 400",
    example: `GET / HTTP/1.1\r\n${HOST}Host: b\r\n\r\n`,
    ours: "rejected",
    covers: refused("HOST_DUPLICATE"),
  },
  {
    name: "a target with a fragment, userinfo, an empty host, or bytes past ASCII",
    rfc: "RFC 9112 §3.2, RFC 9110 §4.2.1 and §4.2.4",
    example: `GET /\xe9#fragment HTTP/1.1\r\n${HOST}\r\n`,
    ours: "rejected",
    covers: refused("TARGET_INVALID"),
  },
  {
    name: "an expectation beside 100-continue",
    rfc: "RFC 9110 §10.1.1: any member that is not 100-continue may be refused with 417",
    example: `POST / HTTP/1.1\r\n${HOST}Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\nx`,
    ours: "rejected",
    covers: refused("EXPECTATION_UNKNOWN"),
  },
  {
    name: "Content-Length twice, with the same value",
    rfc: "RFC 9110 §8.6: it MAY be rejected, as we do",
    example: `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
    ours: "rejected",
    covers: refused("CONTENT_LENGTH_DUPLICATE"),
  },
  {
    name: "DEL in a field value",
    rfc: "RFC 9110 §5.5: no VCHAR, SP, HTAB or obs-text; invalid as any other control character",
    example: `GET / HTTP/1.1\r\n${HOST}X: \x7f\r\n\r\n`,
    ours: "rejected",
    covers: ({ text, code }) => code === "FIELD_VALUE_INVALID" && text.includes("\x7f"),
  },
];
