import { describe, expect, it } from "vitest";
import { byteByByte, latin1 } from "../../src/arbitraries/index.ts";
import type { ErrorCode } from "../../src/errors.ts";
import type { Limits } from "../../src/limits.ts";
import { ClientHarness, response } from "../support/client-harness.ts";
import { drive } from "../support/drive.ts";
import { driveClient } from "../support/drive-client.ts";

/** Bytes for each check of the parser, so that it is missed when it is taken out: `pnpm --filter @mantou/http1 run mutate`. */
type Refused = readonly [code: ErrorCode, bytes: string, limits?: Partial<Limits>];

const H = "Host: a\r\n";
const GET = `GET / HTTP/1.1\r\n${H}`;
const POST = `POST / HTTP/1.1\r\n${H}`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const OK = "HTTP/1.1 200 OK\r\n";

function expectRequests(rows: readonly Refused[], end = false): void {
  for (const [code, text, limits = {}] of rows) {
    for (const pieces of [[latin1(text)], byteByByte(latin1(text))]) {
      expect(drive(pieces, { limits, end }).code, JSON.stringify(text)).toBe(code);
    }
  }
}

function expectResponses(rows: readonly Refused[], end = false): void {
  for (const [code, text, limits = {}] of rows) {
    for (const pieces of [[latin1(text)], byteByByte(latin1(text))]) {
      expect(driveClient(["GET"], pieces, { limits, end }).code, JSON.stringify(text)).toBe(code);
    }
  }
}

describe("each check of a request", () => {
  it("§3 a request line is refused for each part that it lacks or has wrong", () => {
    expectRequests([
      ["METHOD_INVALID", `(GET / HTTP/1.1\r\n${H}\r\n`],
      ["TARGET_INVALID", `GET /# HTTP/1.1\r\n${H}\r\n`],
      ["TARGET_INVALID", `GET a HTTP/1.1\r\n${H}\r\n`],
      // The same fields again: they are not looked at twice, and the target is.
      ["TARGET_INVALID", `${GET}\r\nGET a HTTP/1.1\r\n${H}\r\n`],
      ["REQUEST_LINE_INVALID", `GET  HTTP/1.1\r\n${H}\r\n`],
      // Before what is wrong behind it.
      ["REQUEST_LINE_INVALID", `GET /\r\nA : b\r\n\r\n`],
      ["REQUEST_LINE_INVALID", `GET / HTTP/1.1 \r\n${H}\r\n`],
      ["VERSION_INVALID", `GET / HTTP/1\r\n${H}\r\n`],
      ["VERSION_UNSUPPORTED", `GET / HTTP/2.0\r\n${H}\r\n`],
      ["EMPTY_LINES", `\r\n\r\n${GET}\r\n`, { leadingEmptyLines: 1 }],
      ["REQUEST_LINE_TOO_LONG", `GET /aaaa HTTP/1.1\r\n${H}\r\n`, { requestLineBytes: 17 }],
      ["REQUEST_LINE_TOO_LONG", "GET /aaaaaaaaaaaaaaaaa", { requestLineBytes: 17 }],
    ]);
  });

  it("§5 a header section is refused for each invalid line, and for its size", () => {
    expectRequests([
      ["FIELD_FOLDED", `${GET}A: b\r\n c\r\n\r\n`],
      ["FIELD_COLON_MISSING", `${GET}A\r\n\r\n`],
      ["FIELD_NAME_INVALID", `${GET}: b\r\n\r\n`],
      ["FIELD_NAME_INVALID", `${GET}A(: b\r\n\r\n`],
      ["FIELD_NAME_SPACE", `${GET}A : b\r\n\r\n`],
      ["FIELD_VALUE_INVALID", `${GET}A: \0\r\n\r\n`],
      ["BARE_LF", `${GET}A: b\n\r\n\r\n`],
      ["BARE_LF", `GET / HTTP/1.1\n${H}`],
      ["HEAD_TOO_LARGE", `${GET}A: bbbbbbbbbbbbbbbbbbbbbbbb\r\n\r\n`, { headBytes: 40 }],
      ["HEAD_TOO_LARGE", `${GET}A: bbbbbbbbbbbbbbbbbbbbbbbb`, { headBytes: 40 }],
      ["HEAD_TOO_MANY_FIELDS", `${GET}A: b\r\n\r\n`, { headFields: 1 }],
    ]);
  });

  it("§3.2 and §6.3 a host or a framing that is doubtful is refused, each for its reason", () => {
    expectRequests([
      ["HOST_MISSING", "GET / HTTP/1.1\r\nA: b\r\n\r\n"],
      ["HOST_DUPLICATE", `${GET}${H}\r\n`],
      ["HOST_INVALID", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"],
      ["CONTENT_LENGTH_INVALID", `${POST}Content-Length: x\r\n\r\n`],
      ["CONTENT_LENGTH_DUPLICATE", `${POST}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`],
      ["BODY_TOO_LARGE", `${POST}Content-Length: 3\r\n\r\nabc`, { bodyBytes: 2 }],
      ["TRANSFER_ENCODING_HTTP_1_0", `POST / HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      [
        "TRANSFER_ENCODING_WITH_LENGTH",
        `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      ["TRANSFER_ENCODING_INVALID", `${POST}Transfer-Encoding: gzip\r\n\r\n`],
      ["TRANSFER_ENCODING_UNKNOWN", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
      ["EXPECTATION_UNKNOWN", `${POST}Expect: x\r\nContent-Length: 1\r\n\r\nx`],
    ]);
  });

  it("§7.1 a chunked body is refused for each place where something else stands, and for its size", () => {
    expectRequests([
      ["CHUNK_SIZE_INVALID", `${CHUNKED}0\rx`],
      ["CHUNK_SIZE_INVALID", `${CHUNKED}\r\n\r\n`],
      ["CHUNK_SIZE_INVALID", `${CHUNKED}0x\r\n\r\n`],
      ["CHUNK_SIZE_TOO_LARGE", `${CHUNKED}00000000000000001\r\nx\r\n0\r\n\r\n`],
      ["CHUNK_SIZE_TOO_LARGE", `${CHUNKED}20000000000000\r\n`],
      ["CHUNK_DATA_UNTERMINATED", `${CHUNKED}1\r\nxy\n0\r\n\r\n`],
      ["CHUNK_DATA_UNTERMINATED", `${CHUNKED}1\r\nx\rx0\r\n\r\n`],
      ["CHUNK_EXTENSION_INVALID", `${CHUNKED}1;(\r\nx\r\n0\r\n\r\n`],
      ["CHUNK_EXTENSIONS_TOO_LARGE", `${CHUNKED}1;a;b\r\nx\r\n0\r\n\r\n`, { chunkExtensions: 1 }],
      ["CHUNK_EXTENSIONS_TOO_LARGE", `${CHUNKED}1;abc\r\nx\r\n0\r\n\r\n`, { chunkExtensionBytes: 3 }],
      ["BODY_TOO_LARGE", `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`, { bodyBytes: 2 }],
    ]);
  });

  it("§7.1.2 a trailer section is refused for a line that is no field, one that is forbidden, and its size", () => {
    expectRequests([
      ["TRAILER_INVALID", `${CHUNKED}0\r\nA\r\n\r\n`],
      ["TRAILER_FORBIDDEN", `${CHUNKED}0\r\n${H}\r\n`],
      ["TRAILERS_TOO_LARGE", `${CHUNKED}0\r\nA: b\r\nC: d\r\n\r\n`, { trailerFields: 1 }],
      ["TRAILERS_TOO_LARGE", `${CHUNKED}0\r\nA: bbbbbb\r\n\r\n`, { trailerBytes: 5 }],
      ["BARE_LF", `${CHUNKED}0\r\nA: b\n\r\n`],
    ]);
  });

  it("§8 a request that the end of the connection cuts is incomplete, in its head and in its content", () => {
    expectRequests(
      [
        ["PREMATURE_END", "GET"],
        ["PREMATURE_END", `${POST}Content-Length: 2\r\n\r\nx`],
      ],
      true,
    );
  });
});

describe("each check of a response", () => {
  it("§4 a status line is refused for each part that it lacks or has wrong", () => {
    expectResponses([
      ["VERSION_INVALID", "HTTX/1.1 200 OK\r\n\r\n"],
      ["VERSION_INVALID", "HTTP/x 200 OK\r\n\r\n"],
      ["VERSION_UNSUPPORTED", "HTTP/2.0 200 OK\r\n\r\n"],
      ["STATUS_LINE_INVALID", "HTTP/1.1 20 OK\r\nA : b\r\n\r\n"],
    ]);
  });

  it("§6.3 a framing that is doubtful is refused in a response, too", () => {
    expectResponses([
      ["TRANSFER_ENCODING_INVALID", `${OK}Transfer-Encoding: (\r\n\r\n`],
      ["TRANSFER_ENCODING_INVALID", `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n`],
      ["BODY_TOO_LARGE", `${OK}\r\nabc`, { bodyBytes: 2 }],
    ]);
  });

  it("§8 a response that the end of the connection cuts is incomplete, in its head and in its content", () => {
    expectResponses(
      [
        ["PREMATURE_END", ""],
        ["PREMATURE_END", `${OK}Content-Length: 2\r\n\r\nx`],
      ],
      true,
    );
  });

  it("§9.2 bytes without a request are no response, whenever they came, nor are endless interim ones", () => {
    const unasked = new ClientHarness();
    expect(() => unasked.receive(OK)).toThrow(expect.objectContaining({ code: "RESPONSE_UNEXPECTED" }));
    // The second request is sent behind the beginning of what cannot be its response.
    const ahead = new ClientHarness().send();
    ahead.connection.receive(latin1(response() + response()));
    ahead.send();
    expect(() => ahead.next()).toThrow(expect.objectContaining({ code: "RESPONSE_UNEXPECTED" }));
    expectResponses([
      ["INTERIM_RESPONSES_TOO_MANY", "HTTP/1.1 103 E\r\n\r\n".repeat(2), { interimResponses: 1 }],
      ["UPGRADE_UNEXPECTED", "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"],
    ]);
  });
});
