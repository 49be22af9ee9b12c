import { canary, chunked, type PlantedFault, post } from "./planted-fault.ts";

/** The chunked coding. */
export const chunkedFaults: readonly PlantedFault[] = [
  {
    name: "a chunk size may begin with 0x",
    rule: "rfc9112/7.1/size-invalid",
    input: (text) => text.replace(/^0x5\r\n/m, "5\r\n"),
    shortest: (h) => chunked(h, "0x5\r\nhello\r\n0\r\n\r\n"),
  },
  {
    name: "a chunk size is read modulo 2^32",
    rule: "rfc9112/7.1/size-too-large",
    input: (text) => text.replace(/^1[0-9a-f]{8}\r\n/m, (line) => `${line.trim().slice(-8)}\r\n`),
    shortest: (h) => chunked(h, "100000005\r\nhello\r\n0\r\n\r\n"),
  },
  {
    name: "two bytes behind a chunk's data are skipped",
    rule: "rfc9112/7.1/data-end",
    input: (text) => text.replace("helloXX", "hello\r\n"),
    shortest: (h) => chunked(h, "5\r\nhelloXX0\r\n\r\n"),
  },
  {
    name: "a lone LF ends a chunk size",
    rule: "rfc9112/7.1/line-feed",
    input: (text) => text.replace(/^(\d)\n/m, "$1\r\n"),
    shortest: (h) => chunked(h, "5\nhello\r\n0\r\n\r\n"),
  },
  {
    name: "chunk extensions are refused",
    rule: "rfc9112/7.1.1/extensions-ignored",
    input: (text) => text.replace(/^0;/m, "x;"),
    shortest: (h) => chunked(h, "5\r\nhello\r\n0;a\r\n\r\n"),
  },
  {
    name: "whitespace before an extension is refused",
    rule: "rfc9112/7.1.1/extensions-whitespace",
    input: (text) => text.replace(/^(\w+)[ \t]+;/m, "x;"),
    shortest: (h) => chunked(h, "5\r\nhello\r\n0 ;a\r\n\r\n"),
  },
  {
    name: "trailers are the next request",
    rule: "rfc9112/7.1.2/trailers",
    input: (text) => text.replace(/^0\r\n(?=X: a)/m, "0\r\n\r\n"),
    shortest: (h) => chunked(h, "1\r\na\r\n0\r\nX: a\r\n\r\n"),
  },
  {
    name: "hexadecimal digits in upper case are refused",
    rule: "rfc9112/7.1/valid",
    input: (text) => text.replace(/^[0-9]*[A-F]+\r\n/m, "x\r\n"),
    shortest: (h) => chunked(h, `1B\r\n${"a".repeat(27)}\r\n0\r\n\r\n`),
  },
  {
    name: "chunked is compared with case",
    rule: "rfc9112/7/coding-name",
    input: (text) => text.replace(": CHUNKED", ": x"),
    shortest: (h) => post(h, "Transfer-Encoding: CHUNKED\r\n", "1\r\na\r\n0\r\n\r\n") + canary(h),
  },
];
