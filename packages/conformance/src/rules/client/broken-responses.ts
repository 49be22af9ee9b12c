import fc from "fast-check";
import { type ClientRule, readsOrRefuses, refuses } from "./judges.ts";
import { applies, head, reply } from "./replies.ts";

/** A response whose chunked content begins with this, and ends well. */
const chunk = (bytes: string) => reply(`${head(["Transfer-Encoding: chunked"])}${bytes}0\r\n\r\n`);
const INCOMPLETE = "a failure: the response is incomplete";

/** RFC 9110 and RFC 9112: responses that a client does not take for whole and right. */
export const clientBrokenResponses: readonly ClientRule[] = (
  [
    {
      id: "rfc9112/6.3/client-te-and-cl",
      level: "must",
      section: "RFC 9112 §6.3",
      security: true,
      says: "With Transfer-Encoding and Content-Length a response is read as chunked, or refused.",
      arbitrary: () =>
        fc.tuple(fc.constantFrom(0, 3, 15, 99), fc.boolean()).map(([length, isFirst]) => {
          const lines = [`Content-Length: ${length}`, "Transfer-Encoding: chunked"];
          return reply(`${head(isFirst ? lines : lines.reverse())}5\r\nhello\r\n0\r\n\r\n`, {
            content: "hello",
          });
        }),
      judge: readsOrRefuses("the chunked content, or a failure"),
      mostRuns: 8,
    },
    {
      id: "rfc9112/8/client-incomplete-length",
      level: "must",
      section: "RFC 9112 §8",
      says: "Content that ends before its Content-Length is incomplete: it is not taken for whole.",
      arbitrary: () =>
        fc.nat(4).map((length) => reply(`${head(["Content-Length: 5"])}${"hello".slice(0, length)}`)),
      judge: refuses(INCOMPLETE),
      mostRuns: 5,
    },
    {
      id: "rfc9112/8/client-incomplete-chunked",
      level: "must",
      section: "RFC 9112 §8",
      says: "Chunked content that ends before its last chunk is incomplete: it is not taken for whole.",
      arbitrary: () =>
        fc
          .constantFrom("", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n")
          .map((content) => reply(head(["Transfer-Encoding: chunked"]) + content)),
      judge: refuses(INCOMPLETE),
      mostRuns: 5,
    },
    {
      id: "rfc9112/8/client-incomplete-head",
      level: "must",
      section: "RFC 9112 §8",
      says: "A head that ends in the middle is no response.",
      arbitrary: () =>
        fc.integer({ min: 1, max: 35 }).map((length) => reply(head(["Content-Length: 0"]).slice(0, length))),
      judge: refuses("a failure"),
      mostRuns: 12,
    },
    {
      id: "rfc9112/7.1/client-size",
      level: "should",
      section: "RFC 9112 §7.1",
      security: true,
      says: "A chunk whose size is no hexadecimal number is an error.",
      debatable: "RFC 9110 §2.4 lets a recipient recover a usable element from an invalid one.",
      arbitrary: () =>
        fc
          .constantFrom("x\r\n", ...["0x5", "-5", "+5", "", "5x"].map((size) => `${size}\r\nhello\r\n`))
          .map(chunk),
      judge: refuses("a failure"),
      mostRuns: 6,
    },
    {
      id: "rfc9112/7.1/client-chunk-end",
      level: "must",
      section: "RFC 9112 §7.1, §8",
      security: true,
      says: "Chunked content in which no line ends behind the data of a chunk is incomplete: it is not taken for whole.",
      arbitrary: () => fc.constantFrom("5\r\nhelloXX", "5\r\nhelloX\r\n", "5\r\nhello").map(chunk),
      judge: refuses(INCOMPLETE),
      mostRuns: 3,
    },
    {
      id: "rfc9112/7.1/client-size-too-large",
      level: "must",
      section: "RFC 9112 §7.1",
      security: true,
      says: "Large sizes are anticipated: one that no integer holds is not read as a smaller one.",
      arbitrary: () =>
        fc
          .constantFrom(
            "10000000000000005",
            "100000000000000000000000000000005",
            "FFFFFFFFFFFFFFFF5",
            "100000005",
          )
          .map((size) => chunk(`${size}\r\nhello\r\n`)),
      judge: refuses("a failure"),
      mostRuns: 4,
    },
    {
      id: "rfc9112/6.3/client-length-invalid",
      level: "must",
      section: "RFC 9112 §6.3",
      security: true,
      says: "A Content-Length that is no number, or another one in another line, is an error.",
      arbitrary: () =>
        fc
          .constantFrom(
            "x",
            "+5",
            "-5",
            "0x5",
            "5 5",
            "5,6",
            "5.0",
            "5\r\nContent-Length: 6",
            "6\r\nContent-Length: 5",
          )
          .map((value) => reply(`${head([`Content-Length: ${value}`])}hello`, { staysOpen: true })),
      judge: refuses("a failure"),
      mostRuns: 9,
    },
    {
      id: "rfc9112/6.3/client-te-unknown",
      level: "must",
      section: "RFC 9112 §6.3",
      security: true,
      says: "With a Transfer-Encoding whose last coding is not chunked, content is not read by Content-Length.",
      arbitrary: () =>
        fc.constantFrom("x", "chunked, x", "xchunked").map((coding) =>
          reply(`${head([`Transfer-Encoding: ${coding}`, "Content-Length: 1"])}hello`, {
            content: "hello",
          }),
        ),
      judge: readsOrRefuses("all bytes up to the end, or a failure"),
      mostRuns: 3,
    },
    {
      id: "rfc9112/4/client-status-line",
      level: "should",
      section: "RFC 9112 §4",
      says: "A status line that breaks the grammar is an error.",
      debatable: "The RFC lets a recipient be lenient where it does not harm.",
      arbitrary: () =>
        fc
          .constantFrom(
            "HTP/1.1 200 OK",
            "HTTP/1.1 20 OK",
            "HTTP/1.1 2000 OK",
            "HTTP/1.1 x OK",
            "HTTP/11 200 OK",
            "http/1.1 200 OK",
          )
          .map((line) => reply(`${head(["Content-Length: 5"], `${line}\r\n`)}hello`)),
      judge: refuses("a failure"),
      mostRuns: 6,
    },
    {
      id: "rfc9110/15.2.2/client-101",
      level: "should",
      section: "RFC 9110 §15.2.2, §7.8",
      says: "A 101 to a request that has offered no protocol is an error.",
      debatable: "The RFC binds the server only.",
      arbitrary: () =>
        fc.constant(
          reply(
            `${head(["Connection: upgrade", "Upgrade: x"], "HTTP/1.1 101 Switching Protocols\r\n")}hello`,
          ),
        ),
      judge: refuses("a failure"),
      mostRuns: 1,
    },
  ] satisfies readonly ClientRule[]
).map((rule) => ({ applies, ...rule }));
