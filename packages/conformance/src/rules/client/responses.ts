import { Buffer } from "node:buffer";
import fc from "fast-check";
import { sentBytes } from "../../exchange/exchange.ts";
import { chunkedContent } from "../contents.ts";
import { type ClientRule, reads, readsOrRefuses } from "./judges.ts";
import { applies, head, OK, reply } from "./replies.ts";

const extended = (extension: string, trailer = "") =>
  reply(`${head(["Transfer-Encoding: chunked"])}5${extension}\r\nhello\r\n0\r\n${trailer}\r\n`, {
    content: "hello",
    staysOpen: true,
  });
/** Interim responses before a final one. */
const behind = (interim: readonly string[]) =>
  reply(`${interim.map((one) => `HTTP/1.1 ${one}\r\n\r\n`).join("")}${head(["Content-Length: 5"])}hello`, {
    content: "hello",
    staysOpen: true,
  });
const cuts = fc.array(fc.nat(80), { maxLength: 3 });

/** RFC 9110 and RFC 9112: what a client reads of valid responses. */
export const clientResponses: readonly ClientRule[] = (
  [
    {
      id: "rfc9112/6.3/client-length",
      level: "must",
      section: "RFC 9112 §6.3",
      says: "The content of a response has the length that Content-Length says, wherever its bytes are cut.",
      arbitrary: () =>
        fc.tuple(fc.constantFrom("", "a", "hello", "x".repeat(70_000)), cuts).map(([content, at]) =>
          reply(head([`Content-Length: ${content.length}`]) + content, {
            content,
            cuts: at,
            staysOpen: true,
          }),
        ),
      judge: reads,
    },
    {
      id: "rfc9112/7.1/client-chunked",
      level: "must",
      section: "RFC 9112 §7.1",
      says: "Chunked content is decoded, wherever its bytes are cut.",
      arbitrary: () =>
        fc.tuple(chunkedContent, cuts).map(([{ wire, content }, at]) =>
          reply(Buffer.concat([Buffer.from(head(["Transfer-Encoding: chunked"])), wire]), {
            content,
            cuts: at,
            staysOpen: true,
          }),
        ),
      judge: reads,
    },
    {
      id: "rfc9112/7.1.1/client-extensions",
      level: "must",
      section: "RFC 9112 §7.1.1, §7.1.2",
      says: "Chunk extensions that are not known are passed over, and trailers are no content.",
      arbitrary: () =>
        fc
          .tuple(fc.constantFrom(";a", ";a=b", ';a="b;\\"c"'), fc.constantFrom("", "X: a\r\n"))
          .map(([extension, trailer]) => extended(extension, trailer)),
      judge: reads,
      mostRuns: 9,
    },
    {
      id: "rfc9112/7.1.1/client-extension-whitespace",
      level: "must",
      section: "RFC 9112 §7.1.1, RFC 9110 §5.6.3",
      says: "Whitespace around the semicolon and the equals sign of a chunk extension is read, although none may be sent.",
      arbitrary: () =>
        fc.constantFrom(" ;a", "; a", ";a =b", ";a= b").map((extension) => extended(extension)),
      judge: reads,
      mostRuns: 4,
    },
    {
      id: "rfc9112/6.3/client-until-close",
      level: "must",
      section: "RFC 9112 §6.3",
      says: "Content without a length ends with the connection.",
      arbitrary: () =>
        fc
          .constantFrom("", "hello")
          .map((content) => reply(head(["Connection: close"]) + content, { content })),
      judge: reads,
      mostRuns: 2,
    },
    {
      id: "rfc9112/6.3/client-no-content",
      level: "must",
      section: "RFC 9112 §6.3",
      says: "A response to HEAD, a 204 and a 304 have no content, whatever their fields say.",
      arbitrary: () =>
        fc
          .tuple(
            fc.constantFrom(
              ["HEAD", OK] as const,
              ["GET", "HTTP/1.1 204 No Content\r\n"] as const,
              ["GET", "HTTP/1.1 304 Not Modified\r\n"] as const,
            ),
            fc.constantFrom("Content-Length: 5", "Transfer-Encoding: chunked"),
          )
          .map(([[method, status], line]) => reply(head([line], status), { method, staysOpen: true })),
      // No 204 may have these fields, so that a client may refuse it.
      judge: (outcomes, trial, facts) => {
        const is204 =
          Buffer.from(sentBytes(trial.exchanges[0]!).subarray(9, 12)).toString("latin1") === "204";
        return (is204 ? readsOrRefuses("no content, or a failure") : reads)(outcomes, trial, facts);
      },
      mostRuns: 6,
    },
    {
      id: "rfc9110/15.2/client-interim",
      level: "must",
      section: "RFC 9110 §15.2",
      says: "Interim responses before the final one are read, and known or not, passed over.",
      arbitrary: () =>
        fc
          .array(fc.constantFrom("199 x", "102 Processing", "103 Early Hints"), {
            minLength: 1,
            maxLength: 3,
          })
          .map(behind),
      judge: reads,
      mostRuns: 10,
    },
    {
      id: "rfc9110/15.2.1/client-continue",
      level: "must",
      section: "RFC 9110 §15.2, §15.2.1",
      says: "A 100 that was not asked for is passed over.",
      arbitrary: () =>
        fc.constantFrom(1, 2).map((times) => behind(Array<string>(times).fill("100 Continue"))),
      judge: reads,
      mostRuns: 2,
    },
    {
      id: "rfc9112/4/client-reason",
      level: "must",
      section: "RFC 9112 §4",
      says: "A status line may have no reason phrase.",
      arbitrary: () =>
        fc.constant(
          reply(`${head(["Content-Length: 5"], "HTTP/1.1 200 \r\n")}hello`, {
            content: "hello",
            staysOpen: true,
          }),
        ),
      judge: reads,
      mostRuns: 1,
    },
    {
      id: "rfc9112/9.2/client-surplus",
      level: "must",
      section: "RFC 9112 §9.2, §9.3",
      security: true,
      says: "Bytes behind a response are not taken for the response to the next request.",
      arbitrary: () =>
        fc.constantFrom(`${head(["Content-Length: 4"])}evil`, "x", "\r\n\r\n", "evil").map((surplus) =>
          reply(`${head(["Content-Length: 5"])}hello${surplus}`, {
            content: "hello",
            second: true,
            staysOpen: true,
          }),
        ),
      judge: readsOrRefuses("the second URL's own response, or a failure"),
      mostRuns: 4,
    },
    {
      id: "rfc9112/9.6/client-close",
      level: "must",
      section: "RFC 9112 §9.6",
      says: "Behind a response with close no request is sent on the connection.",
      arbitrary: () =>
        fc.constantFrom("close", "Close", "x, close").map((value) =>
          reply(`${head([`Connection: ${value}`, "Content-Length: 5"])}hello`, {
            content: "hello",
            second: true,
            staysOpen: true,
          }),
        ),
      judge: reads,
      mostRuns: 3,
    },
  ] satisfies readonly ClientRule[]
).map((rule) => ({ applies, ...rule }));
