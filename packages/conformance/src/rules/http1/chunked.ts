import { badFieldLines } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import { accepted, answers, judged } from "../judges.ts";
import { canary, post, trial } from "../requests.ts";
import type { Rule } from "../rule.ts";
import { chunked, goesOn, last } from "./chunked-post.ts";

/** RFC 9112 §7.1: the chunked transfer coding. */
export const chunks: readonly Rule[] = [
  {
    id: "rfc9112/7.1/valid",
    level: "must",
    section: "RFC 9112 §7.1",
    security: true,
    says: "Chunked content is parsed: sizes in any case and with zeros before them, the last chunk of any number of zeros, a request within it.",
    applies: goesOn,
    arbitrary: (site) =>
      fc
        .tuple(
          fc.array(
            fc.tuple(
              fc.constantFrom("hello", "\r\n", "0\r\n\r\n", "a".repeat(27), canary(site)),
              fc.constantFrom("", "0", "0000"),
              fc.boolean(),
            ),
            { maxLength: 3 },
          ),
          fc.constantFrom("0", "000"),
        )
        .map(([list, zero]) => {
          const parts = list.map(([text, zeros, upper]) => {
            const digits = zeros + text.length.toString(16);
            return `${upper ? digits.toUpperCase() : digits}\r\n${text}\r\n`;
          });
          return chunked(site, `${parts.join("")}${zero}\r\n\r\n`);
        }),
    judge: accepted("two responses: to the POST, and to the request behind its content", [400, 501], true),
    mostRuns: 60,
  },
  {
    id: "rfc9112/7/coding-name",
    level: "must",
    section: "RFC 9112 §7",
    security: true,
    says: "Names of transfer codings are compared without case, and spaces around them are no part of them.",
    applies: goesOn,
    arbitrary: (site) =>
      fc
        .constantFrom(
          "Transfer-Encoding:chunked",
          "Transfer-Encoding: Chunked",
          "Transfer-Encoding: CHUNKED",
          "transfer-encoding: chunked ",
        )
        .map((line) => trial(`${post(site, [line], "1\r\na\r\n0\r\n\r\n")}${canary(site)}`, ["POST", "GET"])),
    judge: accepted("two responses: to the POST, and to the request behind its content", [400, 501], true),
    mostRuns: 5,
  },
  {
    id: "rfc9112/7.1.2/trailers",
    level: "must",
    section: "RFC 9112 §7.1.2",
    security: true,
    says: "A trailer section is a part of the message: the next request begins behind it.",
    applies: goesOn,
    arbitrary: (site) =>
      fc
        .array(fc.constantFrom("X: a", 'Etag: "x"', "x-empty:", "X-Checksum:\tq "), {
          minLength: 1,
          maxLength: 3,
        })
        .map((lines) => chunked(site, `1\r\na\r\n0\r\n${lines.join("\r\n")}\r\n\r\n`)),
    judge: accepted("two responses: to the POST, and to the request behind its trailers", [400, 501], true),
    mostRuns: 20,
  },
  {
    id: "rfc9112/7.1/size-invalid",
    level: "should",
    section: "RFC 9112 §7.1, §2.2",
    security: true,
    says: "A chunk size is hexadecimal digits only. With anything else the content has no known end, and the connection is closed.",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "",
          "x",
          "g",
          "0x5",
          "-5",
          "+5",
          "5,5",
          "\xb2",
          "5x",
          "\x00",
          "5_",
          ";a",
          "5.0",
          "0 5",
          "'5'",
        )
        .map((size) => chunked(site, `${size}\r\nhello\r\n0\r\n\r\n`)),
    judge: last,
    mostRuns: 40,
  },
  {
    id: "rfc9112/7.1/size-whitespace",
    level: "should",
    section: "RFC 9112 §7.1",
    says: "There is no whitespace around a chunk size that no extension follows.",
    arbitrary: (site) =>
      fc.constantFrom("5 ", " 5", "5\t", "\t5").map((size) => chunked(site, `${size}\r\nhello\r\n0\r\n\r\n`)),
    judge: last,
    mostRuns: 4,
  },
  {
    id: "rfc9112/7.1/size-too-large",
    level: "must",
    section: "RFC 9112 §7.1",
    security: true,
    says: "Large sizes are anticipated: one that no integer holds is not read as a smaller one.",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "100000000",
          "10000000000000000",
          "10000000000000005",
          "100000005",
          "20000000000005",
          "fffffffffffffffff5",
          "FFFFFFFFFFFFFFFB",
        )
        .map((size) => chunked(site, `${size}\r\nhello\r\n0\r\n\r\n`)),
    judge: judged(
      "no response to the canary, which is content (or none at all)",
      ([outcome]) => answers(outcome!) <= 1,
    ),
    mostRuns: 14,
  },
  {
    id: "rfc9112/7.1/data-end",
    level: "should",
    section: "RFC 9112 §7.1, §2.2",
    security: true,
    says: "CRLF follows a chunk's data. If it does not, the content has no known end, and the connection is closed.",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "5\r\nhelloXX0\r\n\r\n",
          "5\r\nhello0\r\n\r\n",
          "4\r\nhello\r\n0\r\n\r\n",
          "5\r\nhello\r0\r\n\r\n",
          "5\r\nhello\r\r\n0\r\n\r\n",
        )
        .map((body) => chunked(site, body)),
    judge: last,
    mostRuns: 16,
  },
  {
    id: "rfc9112/7.1/line-feed",
    level: "should",
    section: "RFC 9112 §7.1, §2.2",
    security: true,
    says: "CRLF ends a chunk's size and its data; a lone LF or CR does not.",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "5\nhello\r\n0\r\n\r\n",
          "5\r\nhello\n0\r\n\r\n",
          "5\r\nhello\r\n0\n\r\n",
          "5\rhello\r\n0\r\n\r\n",
          "5;a\nhello\r\n0\r\n\r\n",
          "6\r\nhello\r\n0\r\n\r\n",
        )
        .map((body) => chunked(site, body)),
    judge: last,
    mostRuns: 16,
  },
  {
    id: "rfc9112/7.1.2/trailer-grammar",
    level: "should",
    section: "RFC 9112 §7.1.2, §2.2",
    says: "A trailer section has the grammar of field lines. Anything else is no HTTP message.",
    // Control characters in a value are no part of it: a recipient may replace or keep them (RFC 9110 §5.5).
    arbitrary: (site) =>
      fc
        .oneof(
          badFieldLines.FIELD_NAME_SPACE,
          badFieldLines.FIELD_COLON_MISSING,
          badFieldLines.FIELD_NAME_INVALID,
        )
        .map((line) => chunked(site, `0\r\n${line}\r\n\r\n`)),
    judge: last,
  },
];
