import { METHODS } from "node:http";
import type { ErrorCode } from "../../src/errors.ts";

/** A class of inputs about which Node's parser and ours disagree, and the rule of the RFC. */
export interface Difference {
  readonly name: string;
  readonly rfc: string;
  readonly example: string;
  /** Our result; Node's is the opposite, or has other requests. */
  readonly ours: "accepted" | "rejected";
  /** Versions of Node's parser that differ; all of them if left out. */
  readonly from?: number;
  readonly before?: number;
  covers(input: Input): boolean;
}

/** Bytes as latin1 text, and what we made of them. */
export interface Input {
  readonly text: string;
  /** The reason of a refusal, if there was one. */
  readonly code: ErrorCode | null;
  /** The text behind the last complete request. */
  readonly behind: string;
  /** They were read only up to a request with close. */
  readonly stopped: boolean;
}

/** Of llhttp, Node's parser, as major × 100 + minor. */
const [major, minor] = process.versions["llhttp"]!.split(".").map(Number);
const version = major! * 100 + minor!;

const KNOWN = new Set(METHODS);
const HOST = "Host: a\r\n";
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;

/** Each request line in the text, so far as there are some. */
function requestLines(text: string): RegExpMatchArray[] {
  return [...text.matchAll(/([^\s]+) ([^\s]+) HTTP\/1\.([0-9])\r\n/g)];
}

function refused(code: ErrorCode): Difference["covers"] {
  return (input) => input.code === code;
}

const all: readonly Difference[] = [
  {
    name: "a method that is not registered",
    rfc: "RFC 9110 §9.1: any token is a method; the application refuses an unknown one, with 501",
    example: `BREW / HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: ({ text }) => requestLines(text).some((line) => !KNOWN.has(line[1]!)),
  },
  {
    name: "a minor version past 1",
    rfc: "RFC 9110 §2.5: a higher minor version of the same major version is to be processed like the highest known",
    example: `GET / HTTP/1.7\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: ({ text }) => requestLines(text).some((line) => line[3]! > "1"),
  },
  {
    name: "an absolute-form whose scheme is not letters only",
    rfc: "RFC 3986 §3.1: digits, plus, minus and dot may follow the first letter",
    example: `GET web+x://a/ HTTP/1.1\r\n${HOST}\r\n`,
    ours: "accepted",
    covers: ({ text }) => requestLines(text).some((line) => /^[A-Za-z]+[0-9+.-][^:/]*:\/\//.test(line[2]!)),
  },
  {
    name: "whitespace or a quoted string in chunk extensions",
    rfc: "RFC 9112 §7.1.1: BWS is allowed around semicolon and equals sign, and extensions are to be ignored",
    example: `${CHUNKED}1 ;a="b\\"c"\r\nx\r\n0\r\n\r\n`,
    ours: "accepted",
    covers: ({ text }) => /[0-9a-f](?:[ \t]+;|;[^\r]*[^!#$%&'*+.^_`|~0-9A-Za-z=;-])[^\r]*\r\n/i.test(text),
  },
  {
    name: "content of a CONNECT request",
    rfc: "RFC 9112 §6.3: Content-Length and Transfer-Encoding delimit the content of any request; we open no tunnel",
    example: `CONNECT a:1 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`,
    ours: "accepted",
    covers: ({ text }) => requestLines(text).some((line) => line[1] === "CONNECT"),
  },
  {
    name: "more than one space in the request line, or no version",
    rfc: "RFC 9112 §3: single spaces; RFC 9112 leaves HTTP/0.9 out",
    example: `GET  / HTTP/1.1\r\n${HOST}\r\n`,
    ours: "rejected",
    covers: refused("REQUEST_LINE_INVALID"),
  },
  {
    name: "a fragment or userinfo in the target, or a form that the method may not have",
    rfc: "RFC 9112 §3.2, RFC 9110 §4.2.4 and §9.3.6",
    example: `GET /#fragment HTTP/1.1\r\n${HOST}\r\n`,
    ours: "rejected",
    covers: refused("TARGET_INVALID"),
  },
  {
    name: "a major version of which only the preface is HTTP/1",
    rfc: "RFC 9110 §15.6.6: a major version that is not supported",
    example: `GET / HTTP/2.0\r\n${HOST}\r\n`,
    ours: "rejected",
    covers: refused("VERSION_UNSUPPORTED"),
  },
  {
    name: "two Host fields",
    rfc: "RFC 9112 §3.2: MUST be refused with 400",
    example: `GET / HTTP/1.1\r\n${HOST}Host: b\r\n\r\n`,
    ours: "rejected",
    covers: refused("HOST_DUPLICATE"),
  },
  {
    name: "a Host field that is no host",
    rfc: "RFC 9112 §3.2: MUST be refused with 400",
    example: "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
    ours: "rejected",
    covers: refused("HOST_INVALID"),
  },
  {
    name: "an expectation beside 100-continue",
    rfc: "RFC 9110 §10.1.1: any member that is not 100-continue may be refused with 417",
    example: `POST / HTTP/1.1\r\n${HOST}Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\nx`,
    ours: "rejected",
    covers: refused("EXPECTATION_UNKNOWN"),
  },
  {
    name: "a field that must not stand in the trailer section",
    rfc: "RFC 9110 §6.5.1: forbidden to send; a recipient that merges it into the header changes the message behind its content",
    example: `${CHUNKED}0\r\nAuthorization: x\r\n\r\n`,
    ours: "rejected",
    covers: refused("TRAILER_FORBIDDEN"),
  },
  {
    name: "what follows a request with Connection: close",
    from: 900,
    rfc: "RFC 9112 §9.6: a server SHOULD NOT process any further requests received on that connection",
    example: `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n???`,
    ours: "accepted",
    covers: ({ stopped }) => stopped,
  },
  {
    name: "CR or LF alone before a request line",
    rfc: "RFC 9112 §2.2: an empty line is CRLF, and nothing else may precede the request line",
    example: `\n\rGET / HTTP/1.1\r\n${HOST}\r\n`,
    ours: "rejected",
    covers: ({ behind, code }) => code !== null && /^(?:\r\n)*(?:\n|\r(?!\n))/.test(behind),
  },
  {
    name: "an empty Transfer-Encoding",
    before: 904,
    rfc: "RFC 9112 §6.3: it is present, and chunked is not its final coding",
    example: `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding:\r\n\r\n`,
    ours: "rejected",
    covers: ({ text, code }) =>
      code === "TRANSFER_ENCODING_INVALID" && /transfer-encoding:[ \t,]*\r\n/i.test(text),
  },
  {
    name: "what follows a request that offers an upgrade, which is declined",
    rfc: "RFC 9110 §7.8: Upgrade may be ignored; the content is delimited, and may be malformed, as without it",
    example: `POST / HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nx`,
    ours: "rejected",
    covers: ({ text }) => /\nupgrade:/i.test(text) && /\nconnection:[^\r]*upgrade/i.test(text),
  },
  {
    name: "bare LF, field names with spaces, and more that llhttp 9 refuses",
    before: 900,
    rfc: "RFC 9112 §2.2, §5.1 and §7.1: as Node 20 up to 20.19 reads it, two servers may see different requests",
    example: `GET / HTTP/1.1\n${HOST}\r\n`,
    ours: "rejected",
    covers: ({ code }) => code !== null,
  },
];

/** Those of the running version of Node. */
export const differences: readonly Difference[] = all.filter(
  ({ from = 0, before = Number.POSITIVE_INFINITY }) => from <= version && version < before,
);
