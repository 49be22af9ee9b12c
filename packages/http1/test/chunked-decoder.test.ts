import { describe, expect, it } from "vitest";
import type { Limits } from "../src/limits.ts";
import { expectAccepted, expectRejected } from "./support/check.ts";
import { Harness } from "./support/harness.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

function decoded(body: string, limits: Partial<Limits> = {}): [content: string, trailers: readonly string[]] {
  const [message] = expectAccepted(HEAD + body, { limits });
  return [message!.content.toString("latin1"), message!.trailers];
}

describe("chunks", () => {
  it.each([
    ["0\r\n\r\n", ""],
    ["0000000000000000\r\n\r\n", ""],
    ["1\r\na\r\n0\r\n\r\n", "a"],
    ["a\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
    ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
    ["00000000000000aB\r\n".concat("x".repeat(0xab), "\r\n0\r\n\r\n"), "x".repeat(0xab)],
    ["2\r\n\r\n\r\n2\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"],
    ["5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"],
  ])("%j are %j", (body, content) => {
    expect(decoded(body)).toEqual([content, []]);
  });

  it.each([
    "",
    " ",
    "g",
    "-1",
    "+1",
    "0x1",
    "1g",
    "1 1",
    "1,",
    "\xb2",
    "1.",
    "1\0",
    " 1",
    "\t1",
  ])("have no size %j", (size) => {
    expectRejected(`${HEAD}${size}\r\nx\r\n0\r\n\r\n`, "CHUNK_SIZE_INVALID");
  });

  it.each(["1\n", "1\rx", "1 \r\n", "1\t\r\n", "1;a\rb"])("have no size line %j", (line) => {
    expectRejected(HEAD + line, "CHUNK_SIZE_INVALID");
  });

  it("have sizes up to 2^53 - 1 and 16 digits", () => {
    const server = new Harness();
    server.receive(`${HEAD}1fffffffffffff\r\n`);
    expect(server.receive("x")).toEqual([["data", "x"]]);
    expectRejected(`${HEAD}20000000000000\r\n`, "CHUNK_SIZE_TOO_LARGE");
    expectRejected(`${HEAD}0020000000000000\r\n`, "CHUNK_SIZE_TOO_LARGE");
    expectRejected(`${HEAD}ffffffffffffffff\r\n`, "CHUNK_SIZE_TOO_LARGE");
    expectRejected(`${HEAD}${"0".repeat(17)}`, "CHUNK_SIZE_TOO_LARGE");
    // Each size anew: the digits of several chunks do not add up.
    const many = "0000000000000001\r\nx\r\n".repeat(3);
    expect(decoded(`${many}0\r\n\r\n`)).toEqual(["xxx", []]);
  });

  it.each(["", "\n", "\r\r", "0\r\n", "yy", "\r0"])("must end in CRLF, not in %j", (end) => {
    expectRejected(`${HEAD}1\r\nx${end === "" ? "x" : end}0\r\n\r\n`, "CHUNK_DATA_UNTERMINATED");
  });

  it("come out without being put together", () => {
    const server = new Harness();
    expect(server.receive(`${HEAD}5\r\nhello\r\n3\r\n`)).toEqual([
      ["request", "/"],
      ["data", "hello"],
    ]);
    expect(server.receive("ab")).toEqual([["data", "ab"]]);
    expect(server.receive("c\r\n")).toEqual([["data", "c"]]);
    expect(server.receive("0\r\n")).toEqual([]);
    expect(server.receive("\r\n")).toEqual([["end"]]);
  });
});

describe("chunk extensions", () => {
  it.each([
    "1;a",
    "1;a=b",
    '1;a="b;\\"c"',
    "1 ; a",
    "1\t\t;a",
    '1;a = "\xff\x80\t" ; b',
  ])("%j are ignored", (line) => {
    expect(decoded(`${line}\r\nx\r\n0\r\n\r\n`)).toEqual(["x", []]);
    expect(decoded(`1\r\nx\r\n${line.replace("1", "0")}\r\n\r\n`)).toEqual(["x", []]);
  });

  // A table of the same form as that of the sizes. The rows have nothing else in common.
  it.each([
    "5;",
    "5; ",
    "5;=a",
    '5;a="x',
    '5;a="x\\"',
    "5;a;;b",
    "5;a;",
    "5;a=",
    "5;a ",
    "5;a=b ",
    "5;a b",
    "5;\xff",
    "5 ; ;",
    '5;a="b"c',
  ])("%j are invalid", (line) => {
    expectRejected(`${HEAD}${line}\r\nhello\r\n0\r\n\r\n`, "CHUNK_EXTENSION_INVALID");
    expectRejected(`${HEAD}${line.replace("5", "0")}\r\n\r\n`, "CHUNK_EXTENSION_INVALID");
  });

  it("are refused at the first byte that cannot be right, whatever would follow", () => {
    for (const [right, wrong] of [
      ["5;a=", ";"],
      ["5;a;", ";"],
      ["5;", "\r"],
      ['5;a="', "\r"],
      ["5;a ", "\r"],
      ["5;a", "\n"],
    ] as const) {
      const server = new Harness();
      server.receive(HEAD + right);
      expect(() => server.receive(wrong)).toThrow(
        expect.objectContaining({ code: "CHUNK_EXTENSION_INVALID" }),
      );
    }
  });

  it.each(["\0", "\n", "\x1f", "\x7f"])("must not contain %j", (byte) => {
    expectRejected(`${HEAD}1;a${byte}b\r\n`, "CHUNK_EXTENSION_INVALID");
  });

  it("are limited over all chunks, by the bytes between the digits and the CR", () => {
    // 4 bytes, 2 bytes, 3 bytes
    const body = "1 ;ab\r\nx\r\n1;c\r\nx\r\n0\t;d\r\n\r\n";
    expect(decoded(body, { chunkExtensionBytes: 9 })).toEqual(["xx", []]);
    expectRejected(HEAD + body, "CHUNK_EXTENSIONS_TOO_LARGE", { limits: { chunkExtensionBytes: 8 } });
    expectRejected(`${HEAD}1;`, "CHUNK_EXTENSIONS_TOO_LARGE", { limits: { chunkExtensionBytes: 0 } });
    expectRejected(`${HEAD}1 `, "CHUNK_EXTENSIONS_TOO_LARGE", { limits: { chunkExtensionBytes: 0 } });
    expect(decoded("1\r\nx\r\n0\r\n\r\n", { chunkExtensionBytes: 0 })).toEqual(["x", []]);
  });

  it("are limited in number over all chunks", () => {
    const body = '1;a;b\r\nx\r\n1\r\nx\r\n0;c="; ; ;"\r\n\r\n';
    expect(decoded(body, { chunkExtensions: 3 })).toEqual(["xx", []]);
    expectRejected(HEAD + body, "CHUNK_EXTENSIONS_TOO_LARGE", { limits: { chunkExtensions: 2 } });
    expectRejected(`${HEAD}1;a;`, "CHUNK_EXTENSIONS_TOO_LARGE", { limits: { chunkExtensions: 1 } });
    expectRejected(`${HEAD}1;`, "CHUNK_EXTENSIONS_TOO_LARGE", { limits: { chunkExtensions: 0 } });
    expect(decoded("1\r\nx\r\n0\r\n\r\n", { chunkExtensions: 0 })).toEqual(["x", []]);
  });

  it("begin with each message anew", () => {
    const body = "1;ab\r\nx\r\n0\r\n\r\n";
    expect(
      expectAccepted(HEAD + body + HEAD + body, { limits: { chunkExtensionBytes: 3, chunkExtensions: 1 } }),
    ).toHaveLength(2);
  });
});

describe("the trailer section", () => {
  it("is reported with its end, apart from the header", () => {
    const [message] = expectAccepted(`${HEAD}0\r\nX-Sum:  1 \r\nX-Host: evil\r\n\r\n`);
    expect(message!.trailers).toEqual(["X-Sum", "1", "X-Host", "evil"]);
    expect(message!.head).toMatchObject({ host: "a", framing: "chunked", length: 0 });
  });

  it.each([
    "A",
    ": b",
    "A : b",
    " A: b",
    "A: b\r\n c",
    "A: \0",
    "A: \x7f",
    "A: b\rc",
    "\xe9: b",
  ])("%j is refused", (line) => {
    expectRejected(`${HEAD}0\r\n${line}\r\n\r\n`, "TRAILER_INVALID");
  });

  it.each([
    "Content-Length: 5",
    "tRANSFER-eNCODING:chunked",
    "Host: evil",
    "A: b\r\nAuthorization: c",
  ])("%j has a field that must not stand there", (lines) => {
    expectRejected(`${HEAD}0\r\n${lines}\r\n\r\n`, "TRAILER_FORBIDDEN");
  });

  it.each(["\n", "A: b\n", "A: b\r\n\n"])("%j has a line without CR", (lines) => {
    expectRejected(`${HEAD}0\r\n${lines}`, "BARE_LF");
  });

  it("is limited in bytes, the empty line not counted", () => {
    const section = "A: b\r\nC: d\r\n";
    expect(decoded(`0\r\n${section}\r\n`, { trailerBytes: 12 })[1]).toEqual(["A", "b", "C", "d"]);
    expectRejected(`${HEAD}0\r\n${section}\r\n`, "TRAILERS_TOO_LARGE", { limits: { trailerBytes: 11 } });
    expect(decoded("0\r\n\r\n", { trailerBytes: 0 })[1]).toEqual([]);
    expectRejected(`${HEAD}0\r\nA: b`, "TRAILERS_TOO_LARGE", { limits: { trailerBytes: 0 } });
  });

  it("is limited in fields", () => {
    const body = "0\r\nA: b\r\nC: d\r\n\r\n";
    expect(decoded(body, { trailerFields: 2 })[1]).toHaveLength(4);
    expectRejected(HEAD + body, "TRAILERS_TOO_LARGE", { limits: { trailerFields: 1 } });
    expectRejected(HEAD + body, "TRAILERS_TOO_LARGE", { limits: { trailerFields: 0 } });
  });
});

describe("the size of a chunked body", () => {
  it("is limited as soon as a chunk size passes it", () => {
    const body = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    expect(decoded(body, { bodyBytes: 5 })[0]).toBe("abcde");
    expectRejected(HEAD + body, "BODY_TOO_LARGE", { limits: { bodyBytes: 4 } });
    expectRejected(`${HEAD}3\r\nabc\r\n2\r\n`, "BODY_TOO_LARGE", { limits: { bodyBytes: 4 } });
    expect(decoded("0\r\n\r\n", { bodyBytes: 0 })[0]).toBe("");
    expectRejected(`${HEAD}1\r\n`, "BODY_TOO_LARGE", { limits: { bodyBytes: 0 } });
  });
});

it.each([
  "",
  "5",
  "5\r",
  "5\r\n",
  "5\r\nhell",
  "5\r\nhello",
  "5\r\nhello\r\n",
  "0\r\n",
  "0\r\nA: b\r\n",
  "0\r\n\r",
])("a body that ends at %j is cut short", (body) => {
  expectRejected(HEAD + body, "PREMATURE_END", { end: true });
});
