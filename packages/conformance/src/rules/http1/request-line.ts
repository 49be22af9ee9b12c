import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import type { Facts } from "../facts.ts";
import { accepted, isClosed, judged, refusedLine, refusedSomehow } from "../judges.ts";
import { canary, deciding, exchange, head, malformedLines, plain, trial } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

const REFUSED = "a 4xx or 5xx, or a 301 to a target that is right";
const needsHost = (facts: Facts): string | null =>
  facts.needsHost ? null : "it needs no Host, by whose absence it would show what it has read";

function longLine(site: Site): fc.Arbitrary<Trial> {
  return fc
    .constantFrom(2 ** 17, 2 ** 20)
    .map((length) =>
      deciding(
        head(`GET ${site.path}?${"a".repeat(length)} HTTP/1.1`, [`Host: ${site.host}`, "Connection: close"]),
        "GET",
      ),
    );
}

/** RFC 9112 §2.2, §2.3 and §3: what comes before the field lines. */
export const requestLine: readonly Rule[] = [
  {
    id: "rfc9112/2.2/leading-crlf",
    level: "should",
    section: "RFC 9112 §2.2",
    says: "A server ignores at least one empty line before a request line.",
    arbitrary: (site) => fc.constant(trial(`\r\n${canary(site)}`, ["GET"])),
    judge: accepted("the response to the request behind the empty line"),
    mostRuns: 1,
  },
  {
    id: "rfc9112/2.2/whitespace-before-first-field",
    level: "must",
    section: "RFC 9112 §2.2",
    says: "A line with leading whitespace between the request line and the first field is refused, or skipped whole: it is never a field.",
    applies: needsHost,
    // The only Host stands in such a line: refused or skipped, the request is invalid.
    arbitrary: (site) =>
      fc
        .constantFrom(" ", "\t", "  ")
        .map((space) =>
          deciding(`${site.method} ${site.path} HTTP/1.1\r\n${space}Host: ${site.host}\r\n\r\n`, site.method),
        ),
    judge: refusedSomehow(false, "400: without that line the request has no Host"),
    mostRuns: 3,
  },
  {
    id: "rfc9112/2.2/not-http",
    level: "should",
    section: "RFC 9112 §2.2",
    says: "Bytes that are no HTTP message get a 400, and the connection is closed.",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "*1\r\n$4\r\nPING\r\n",
          "EHLO x\r\n",
          "SSH-2.0-x\r\n",
          "\x16\x03\x01\x00\x05hello\r\n",
          "{}\r\n",
        )
        .map((bytes) => trial(`${bytes}\r\n${canary(site)}`, ["GET", "GET"])),
    judge: refusedSomehow(true, "400 or no response, and the connection closed"),
    mostRuns: 10,
  },
  {
    id: "rfc9112/3/request-line",
    level: "should",
    section: "RFC 9112 §3, §3.2",
    says: "A request line without its three parts, or with more, gets a 400.",
    arbitrary: (site) => {
      const { method, path } = site;
      return malformedLines(
        site,
        `${method} ${path}`,
        method,
        `${method} ${path} x HTTP/1.1`,
        `${method} ${path} HTTP/1.1 x`,
        `${method} HTTP/1.1`,
      );
    },
    judge: refusedLine(REFUSED),
    mostRuns: 20,
  },
  {
    id: "rfc9112/3/request-line-whitespace",
    level: "should",
    section: "RFC 9112 §3",
    says: "One space, and nothing else, is between the parts of a request line; none is before and behind them.",
    debatable:
      "the section lets a recipient split the line at any whitespace, and warns of what that lets through",
    arbitrary: (site) => {
      const { method, path } = site;
      return malformedLines(
        site,
        `${method}  ${path} HTTP/1.1`,
        `${method} ${path}  HTTP/1.1`,
        `${method} ${path} HTTP/1.1 `,
        `${method}\t${path}\tHTTP/1.1`,
        ` ${method} ${path} HTTP/1.1`,
        `${method} ${path}\t HTTP/1.1`,
        `${method} ${path}\x0b HTTP/1.1`,
      );
    },
    judge: refusedLine(REFUSED),
    mostRuns: 40,
  },
  {
    id: "rfc9112/2.2/bare-cr-in-line",
    level: "must",
    section: "RFC 9112 §2.2",
    says: "A bare CR in the request line is invalid: it ends no line.",
    applies: needsHost,
    // If CR ended the line, Host would be the first field. Replaced by a space it makes four parts of the line.
    arbitrary: ({ host, ...site }) =>
      fc.constant(deciding(`${site.method} ${site.path} HTTP/1.1\rHost: ${host}\r\n\r\n`, site.method)),
    judge: refusedSomehow(false, "400: there is no valid request line"),
    mostRuns: 1,
  },
  {
    id: "rfc9112/2.3/version-syntax",
    level: "should",
    section: "RFC 9112 §2.3",
    says: "The version is HTTP, a slash, a digit, a point and a digit, in upper case; anything else is invalid.",
    arbitrary: (site) =>
      malformedLines(
        site,
        ...[
          "HTTP/1",
          "HTTP/1.",
          "http/1.1",
          "HTTP/1.10",
          "HTTP/11.1",
          "HTTP/a.b",
          "HTTP-1.1",
          "ICY/1.1",
          "HTTP/ 1.1",
          "HTTP/1,1",
          "HTTP",
          "HTTP/+1.1",
          "HTTP/01.1",
        ].map((version) => `${site.method} ${site.path} ${version}`),
      ),
    judge: refusedLine(REFUSED),
    mostRuns: 50,
  },
  {
    id: "rfc9110/6.2/major-version",
    level: "should",
    section: "RFC 9110 §6.2, §15.6.6",
    says: "A message of a major version that the server does not speak is not taken for one of its own.",
    debatable: "a server is let refuse such a version; no sentence says that it has to",
    arbitrary: (site) =>
      malformedLines(
        site,
        ...["2.0", "3.0", "0.9", "9.9"].map((version) => `${site.method} ${site.path} HTTP/${version}`),
      ),
    judge: refusedSomehow(false, "505, or another 4xx or 5xx"),
    mostRuns: 12,
  },
  {
    id: "rfc9110/6.2/minor-version",
    level: "should",
    section: "RFC 9110 §6.2",
    says: "A higher minor version is processed as the highest that the server knows.",
    arbitrary: (site) =>
      fc
        .integer({ min: 2, max: 9 })
        .map((minor) => deciding(head(`GET ${site.path} HTTP/1.${minor}`, [`Host: ${site.host}`]), "GET")),
    judge: accepted("the response that HTTP/1.1 gets"),
    mostRuns: 8,
  },
  {
    id: "rfc9110/9.1/method-case",
    level: "should",
    section: "RFC 9110 §9.1",
    says: "Methods are case-sensitive: get is not GET.",
    debatable: "a server may have a method of its own that is named get",
    applies: (facts) =>
      facts.unknownMethod < 400
        ? "it answers methods that are not registered, so that nothing shows for what it takes get"
        : null,
    arbitrary: (site) =>
      fc
        .constantFrom("get", "Get", "gET")
        .map((method) => deciding(head(`${method} ${site.path} HTTP/1.1`, [`Host: ${site.host}`]), method)),
    judge: refusedSomehow(false, "what another unknown method gets: a 4xx or 5xx"),
    mostRuns: 3,
  },
  {
    id: "rfc9112/3/line-of-8000",
    level: "should",
    section: "RFC 9112 §3",
    says: "Request lines of 8000 bytes are supported.",
    arbitrary: (site) => {
      const room = 8000 - `GET ${site.path}? HTTP/1.1`.length;
      return fc.constant(
        deciding(head(`GET ${site.path}?${"a".repeat(room)} HTTP/1.1`, [`Host: ${site.host}`]), "GET"),
      );
    },
    judge: accepted("a response that does not refuse it", [400, 413, 414, 431, 501, 505]),
    mostRuns: 1,
  },
  {
    id: "rfc9112/3/line-without-end",
    level: "must",
    section: "RFC 9112 §3",
    says: "A target longer than the server wants to parse is refused: the server does not hang, and does not read without end.",
    arbitrary: longLine,
    // Bytes that were not read reset the connection, and a response may be lost with them (RFC 9112 §9.6).
    judge: judged(
      "a response, or the connection closed",
      ([outcome]) => outcome!.responses.length > 0 || isClosed(outcome!),
    ),
    mostRuns: 2,
  },
  {
    id: "rfc9112/3/line-too-long",
    level: "should",
    section: "RFC 9112 §3",
    says: "A target longer than the server wants to parse gets a 414.",
    debatable: "a MUST, but only for a server that refuses the target and not the size of the whole head",
    arbitrary: longLine,
    judge: judged("414 (or less than 400, or a 404, if it can parse it)", ([outcome]) => {
      const status = outcome!.responses[0]?.status ?? 414;
      return status < 400 || status === 404 || status === 414;
    }),
    mostRuns: 2,
  },
  {
    id: "rfc9112/2/plain-request",
    level: "must",
    section: "RFC 9112 §2.1",
    says: "A valid request gets one valid response.",
    arbitrary: (site) => fc.constant({ exchanges: [{ ...exchange(plain(site), [site.method]), until: 1 }] }),
    judge: accepted("one valid response"),
    reuses: true,
    mostRuns: 20,
  },
];
