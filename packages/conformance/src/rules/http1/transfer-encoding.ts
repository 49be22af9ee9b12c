import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import { answeredOnce, refusedSomehow } from "../judges.ts";
import { canary, closing, deciding, head, post, trial } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

const CLOSED =
  "a 4xx or 5xx (400, or 501 for a coding that is not known), and the connection closed: nothing behind such a request has a known meaning";

/** A chunked body whose end hides a canary in the content that Content-Length declares, and another canary behind it. */
function both(site: Site, coding: string, isLengthFirst: boolean): Trial {
  const hidden = canary(site);
  const length = `Content-Length: ${5 + hidden.length}`;
  const lines = isLengthFirst ? [length, coding] : [coding, length];
  return trial(post(site, lines, `0\r\n\r\n${hidden}`), ["POST"]);
}

/** RFC 9112 §6.1 and §6.3: Transfer-Encoding, with Content-Length beside it and without. */
export const transferEncoding: readonly Rule[] = [
  {
    id: "rfc9112/6.3/te-and-cl",
    level: "must",
    section: "RFC 9112 §6.1, §6.3",
    security: true,
    says: "Behind a request with Transfer-Encoding and Content-Length the connection is closed, whether it is refused or read as chunked.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.constantFrom(
            "Transfer-Encoding: chunked",
            "transfer-encoding:chunked",
            "TRANSFER-ENCODING: Chunked",
          ),
          fc.boolean(),
        )
        .map(([coding, isLengthFirst]) => both(site, coding, isLengthFirst)),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 6,
  },
  {
    id: "rfc9112/6.3/te-obscured",
    level: "must",
    section: "RFC 9112 §6.1, §6.3",
    security: true,
    says: "A Transfer-Encoding that is no plain chunked does not make Content-Length count: doubtful framing is the last of its connection.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.constantFrom(
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: chunked;q=1",
            "Transfer-Encoding: \x0bchunked",
            "Transfer-Encoding: chunked\x00",
            'Transfer-Encoding: "chunked"',
            "Transfer-Encoding: chunke",
            "Transfer-Encoding: \xa0chunked",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
          ),
          fc.boolean(),
        )
        .map(([coding, isLengthFirst]) => both(site, coding, isLengthFirst)),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 40,
  },
  {
    id: "rfc9112/6.3/te-empty",
    level: "should",
    section: "RFC 9112 §6.1, §6.3",
    security: true,
    says: "A Transfer-Encoding without a value is one too: with Content-Length beside it the connection is closed.",
    debatable: "an empty list may be taken for no coding at all, and the field for absent",
    arbitrary: (site) =>
      fc
        .tuple(fc.constantFrom("Transfer-Encoding:", "Transfer-Encoding: ,"), fc.boolean())
        .map(([coding, isLengthFirst]) => both(site, coding, isLengthFirst)),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 4,
  },
  {
    id: "rfc9112/6.3/te-not-final",
    level: "must",
    section: "RFC 9112 §6.3",
    security: true,
    says: "A request with Transfer-Encoding whose last coding is not chunked is refused, and the connection closed.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.constantFrom(
            "gzip",
            "identity",
            "chunked, gzip",
            "chunked, identity",
            "x",
            "xchunked",
            "chunkedx",
          ),
          fc.boolean(),
        )
        .map(([value, hasCanary]) =>
          closing(site, `${post(site, [`Transfer-Encoding: ${value}`])}0\r\n\r\n`, "POST", hasCanary),
        ),
    judge: refusedSomehow(true, CLOSED),
    mostRuns: 20,
  },
  {
    id: "rfc9112/6.1/te-unknown",
    level: "should",
    section: "RFC 9112 §6.1",
    says: "A request with a transfer coding that the server does not understand gets a 501.",
    arbitrary: (site) =>
      fc
        .constantFrom("x, chunked", "identity, chunked", "br, chunked")
        .map((value) => deciding(`${post(site, [`Transfer-Encoding: ${value}`])}0\r\n\r\n`, "POST")),
    judge: refusedSomehow(false, "501, or another 4xx or 5xx"),
    mostRuns: 6,
  },
  {
    id: "rfc9112/6.1/chunked-twice",
    level: "should",
    section: "RFC 9112 §6.1, §7",
    security: true,
    says: "Chunked is applied once: a request that names it twice is not read as chunked once and the connection used on.",
    debatable: "a sender may not name it twice; no sentence says what a recipient makes of it",
    arbitrary: (site) =>
      fc
        .constantFrom(
          ["Transfer-Encoding: chunked, chunked"],
          ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        )
        .map((lines) => trial(`${post(site, lines)}0\r\n\r\n${canary(site)}`, ["POST", "GET"])),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 4,
  },
  {
    id: "rfc9112/6.1/te-http10",
    level: "must",
    section: "RFC 9112 §6.1",
    security: true,
    says: "Transfer-Encoding in an HTTP/1.0 request is faulty framing: the connection is closed behind it.",
    arbitrary: (site) =>
      fc
        .constantFrom<string[]>(["Connection: keep-alive"], ["Connection: Keep-Alive", "Content-Length: 5"])
        .map((lines) =>
          trial(
            `${head(`POST ${site.path} HTTP/1.0`, [`Host: ${site.host}`, "Transfer-Encoding: chunked", ...lines])}0\r\n\r\n${canary(site)}`,
            ["POST"],
          ),
        ),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 4,
  },
];
