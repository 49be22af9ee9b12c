import { describe, expect, it } from "vitest";
import { latin1 } from "../src/arbitraries/index.ts";
import type { ErrorCode } from "../src/errors.ts";
import type { Limits } from "../src/limits.ts";
import { expectAccepted, expectRejected } from "./support/check.ts";
import { drive } from "./support/drive.ts";

const post = (fields: string[], minor = 1): string =>
  `POST / HTTP/1.${minor}\r\n${["Host: a", ...fields].map((line) => `${line}\r\n`).join("")}\r\n`;

/** The head of a request with these fields, whatever comes of its content. */
function head(fields: string[], minor = 1) {
  const { messages, code } = drive([latin1(post(fields, minor))]);
  expect(code).toBe(null);
  return messages[0]!.head;
}

describe("the framing of the content", () => {
  it.each([
    [[], "none", 0],
    [["Content-Length: 0"], "none", 0],
    [["Content-Length: 5"], "length", 5],
    [["CONTENT-LENGTH:\t005 "], "length", 5],
    [["Content-Length: 9007199254740991"], "length", 2 ** 53 - 1],
    [["Transfer-Encoding: chunked"], "chunked", 0],
    [["transfer-encoding: , CHUNKED ,"], "chunked", 0],
    [["Transfer-Encoding:", "Transfer-Encoding: chunked"], "chunked", 0],
  ])("with %j is %s, its length %d", (fields, framing, length) =>
    expect(head(fields)).toMatchObject({ framing, length }));

  const refused: [string[], ErrorCode, Partial<Limits>?][] = [
    [["Content-Length:"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: +1"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: -1"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: 1, 1"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: 0x1"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: 1 1"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: \xb9"], "CONTENT_LENGTH_INVALID"],
    [["Content-Length: 1", "Content-Length: 1"], "CONTENT_LENGTH_DUPLICATE"],
    [["Content-Length: 1", "content-length: 2"], "CONTENT_LENGTH_DUPLICATE"],
    [["Content-Length: 9007199254740992"], "BODY_TOO_LARGE"],
    [[`Content-Length: ${"9".repeat(1000)}`], "BODY_TOO_LARGE"],
    [["Content-Length: 6"], "BODY_TOO_LARGE", { bodyBytes: 5 }],
    [["Content-Length: 1"], "BODY_TOO_LARGE", { bodyBytes: 0 }],
    [["Transfer-Encoding: chunked", "Content-Length: 0"], "TRANSFER_ENCODING_WITH_LENGTH"],
    [["Content-Length: x", "Transfer-Encoding: gzip"], "TRANSFER_ENCODING_WITH_LENGTH"],
    [["Transfer-Encoding:"], "TRANSFER_ENCODING_INVALID"],
    [["Transfer-Encoding: gzip"], "TRANSFER_ENCODING_INVALID"],
    [["Transfer-Encoding: identity"], "TRANSFER_ENCODING_INVALID"],
    [["Transfer-Encoding: chunked, identity"], "TRANSFER_ENCODING_INVALID"],
    [["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], "TRANSFER_ENCODING_INVALID"],
    [["Transfer-Encoding: chunked;a=b"], "TRANSFER_ENCODING_INVALID"],
    [["Transfer-Encoding: gzip, chunked"], "TRANSFER_ENCODING_UNKNOWN"],
    [["Transfer-Encoding: identity", "Transfer-Encoding: chunked"], "TRANSFER_ENCODING_UNKNOWN"],
  ];
  it.each(refused)("with %j is refused: %s", (fields, code, limits = {}) => {
    expectRejected(post(fields), code, { limits });
  });

  it("may be the limit", () => {
    expectAccepted(`${post(["Content-Length: 5"])}hello`, { limits: { bodyBytes: 5 } });
  });

  it("is not that of a chunked body in HTTP/1.0", () => {
    expectRejected(post(["Transfer-Encoding: chunked"], 0), "TRANSFER_ENCODING_HTTP_1_0");
    expectRejected(
      post(["Transfer-Encoding: chunked", "Content-Length: 0"], 0),
      "TRANSFER_ENCODING_HTTP_1_0",
    );
  });
});

describe("the Host field", () => {
  it.each([
    "",
    "a",
    "a:",
    "a:80",
    ":80",
    "a.b-c_d~e",
    "%41",
    "[::1]",
    "[::1]:80",
    "[1:2:3:4:5:6:7:8]",
    "[v1.a:b]",
    "a!$&'()*+,;=",
  ])("may be %j", (host) => {
    const [message] = expectAccepted(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(message!.head.host).toBe(host);
  });

  it.each([
    "a b",
    "a/",
    "a?",
    "a#",
    "u@a",
    "a:b",
    "a:1:2",
    "[",
    "[]",
    "[a]",
    "[::1",
    "::1",
    "%4",
    "%zz",
    "\xe9",
    '"a"',
    "a\\b",
    "[:::]",
    "[1::2::3]",
  ])("may not be %j", (host) => {
    expectRejected(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, "HOST_INVALID");
  });

  it("is judged by itself, whatever Host was valid in the request before", () => {
    const longest = "a".repeat(261);
    for (const valid of ["a", "a:80", longest, "A"]) {
      for (const host of [valid, `${valid} b`, valid, `${valid}/`]) {
        const text = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        if (host === valid) expectAccepted(text);
        else expectRejected(text, "HOST_INVALID");
      }
    }
  });

  it("has no more characters than the longest name and a port", () => {
    const longest = `${"a".repeat(255)}:65535`;
    const punycode = `xn--${"a".repeat(16_000)}z`;
    expectAccepted(`GET / HTTP/1.1\r\nHost: ${longest}\r\n\r\n`);
    expectAccepted(`GET http://${longest}/ HTTP/1.1\r\nHost: a\r\n\r\n`);
    expectAccepted(`CONNECT ${longest} HTTP/1.1\r\nHost: a\r\n\r\n`);
    for (const host of [`a${longest}`, `${longest}0`, `[v1.${"a".repeat(260)}]`, punycode]) {
      expectRejected(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, "HOST_INVALID");
      expectRejected(`GET http://${host}/ HTTP/1.1\r\nHost: a\r\n\r\n`, "TARGET_INVALID");
    }
    expectRejected(`CONNECT a${longest} HTTP/1.1\r\nHost: a\r\n\r\n`, "TARGET_INVALID");
  });

  it("is due once in HTTP/1.1, and at most once in HTTP/1.0", () => {
    expectRejected("GET / HTTP/1.1\r\n\r\n", "HOST_MISSING");
    expectAccepted("GET / HTTP/1.0\r\n\r\n");
    for (const minor of [0, 1]) {
      expectRejected(`GET / HTTP/1.${minor}\r\nHost: a\r\nhost: a\r\n\r\n`, "HOST_DUPLICATE");
      expectRejected(`GET / HTTP/1.${minor}\r\nHost: a b\r\n\r\n`, "HOST_INVALID");
    }
  });
});

describe("persistence", () => {
  it.each([
    [[], 1, true],
    [[], 0, false],
    [["Connection: close"], 1, false],
    [["Connection: CLOSE"], 1, false],
    [["Connection: x,close ,y"], 1, false],
    [["Connection: keep-alive, close"], 1, false],
    [["Connection: keep-alive", "Connection: close"], 0, false],
    [["Connection: closed"], 1, true],
    [["Connection:"], 1, true],
    [["Connection: Keep-Alive"], 0, true],
    [["Connection: keep-alives"], 0, false],
  ] as const)("with %j in HTTP/1.%d: %s", (fields, minor, keepAlive) => {
    expect(head([...fields], minor)).toMatchObject({ keepAlive });
  });
});

describe("Expect", () => {
  it.each([
    [["Expect: 100-continue", "Content-Length: 1"], 1, true],
    [["Expect: 100-Continue", "Transfer-Encoding: chunked"], 1, true],
    [["Expect: 100-continue, 100-continue", "Content-Length: 1"], 1, true],
    [["Expect: 100-continue", "Expect: 100-continue", "Content-Length: 1"], 1, true],
    // Nothing to wait for.
    [["Expect: 100-continue"], 1, false],
    [["Expect: 100-continue", "Content-Length: 0"], 1, false],
    [["Expect:", "Content-Length: 1"], 1, false],
    [["Expect: 100-continue", "Content-Length: 1"], 0, false],
    [["Expect: anything", "Content-Length: 1"], 0, false],
  ] as const)("%j in HTTP/1.%d: %s", (fields, minor, expectsContinue) => {
    expect(head([...fields], minor)).toMatchObject({ expectsContinue });
  });

  it.each([
    "x",
    "100-continue, x",
    "100-continue;a=b",
    "100-continue=1",
    "100 continue",
  ])("%j is refused", (value) => {
    expectRejected(post([`Expect: ${value}`, "Content-Length: 1"]), "EXPECTATION_UNKNOWN");
  });
});
