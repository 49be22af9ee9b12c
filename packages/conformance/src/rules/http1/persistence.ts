import fc from "fast-check";
import { listOf } from "../../exchange/exchange.ts";
import { accepted, answeredOnce, eachResponse, judged } from "../judges.ts";
import { canary, exchange, head, plain, post, trial } from "../requests.ts";
import type { Rule } from "../rule.ts";

/** RFC 9112 §9.3 and §9.6: which connections persist, and their ends. */
export const persistence: readonly Rule[] = [
  {
    id: "rfc9112/9.3/persists",
    level: "should",
    section: "RFC 9112 §9.3",
    says: "An HTTP/1.1 connection persists behind a response, unless one of the two has said close.",
    arbitrary: (site) => fc.constant(trial(plain(site) + canary(site), [site.method, "GET"])),
    judge: accepted("two responses", [501, 505]),
    mostRuns: 2,
  },
  {
    id: "rfc9112/9.6/close-is-last",
    level: "must",
    section: "RFC 9112 §9.6",
    security: true,
    says: "Behind a request with close nothing is processed, and the connection is closed after its response.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.constantFrom("close", "Close", "keep-alive, close", "x,close", ",close", "close, x"),
          fc.boolean(),
        )
        .map(([options, isPost]) => {
          const lines = [`Connection: ${options}`];
          const text = isPost ? post(site, [...lines, "Content-Length: 5"], "hello") : plain(site, lines);
          return trial(text + canary(site), [isPost ? "POST" : site.method]);
        }),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 24,
  },
  {
    id: "rfc9112/9.6/close-said",
    level: "should",
    section: "RFC 9112 §9.6",
    says: "The response to a request with close says close too.",
    arbitrary: (site) => fc.constant(trial(plain(site, ["Connection: close"]), [site.method])),
    judge: eachResponse(
      "Connection: close in the response",
      ({ fields, keepAlive }) => !keepAlive && fields.some((text) => /^connection$/i.test(text)),
    ),
    mostRuns: 2,
  },
  {
    id: "rfc9112/9.6/close-unsaid",
    level: "should",
    section: "RFC 9112 §9.6",
    says: "A server that closes the connection behind a response to a plain request has said close in it.",
    arbitrary: (site) =>
      fc.constant({
        exchanges: [{ ...exchange(plain(site) + plain(site), [site.method, site.method]), until: 2 }],
      }),
    judge: judged(
      "both responses, or close in the last one before the end",
      ([{ responses, end } = { responses: [], end: "open" }]) =>
        end === "open" || responses.at(-1)?.keepAlive === false,
    ),
    mostRuns: 4,
  },
  {
    id: "rfc9112/9.3/http10-closes",
    level: "should",
    section: "RFC 9112 §9.3",
    says: "The connection of an HTTP/1.0 client that did not ask for keep-alive is closed after the response.",
    arbitrary: (site) =>
      fc.constant(trial(head(`GET ${site.path} HTTP/1.0`, [`Host: ${site.host}`]) + canary(site), ["GET"])),
    judge: answeredOnce("one response, and the connection closed"),
    mostRuns: 2,
  },
  {
    id: "rfc9112/9.3/http10-keep-alive",
    level: "should",
    section: "RFC 9112 §9.3, §C.2.2",
    says: "If a connection with an HTTP/1.0 client persists, the response says keep-alive; if it does not, it is closed.",
    arbitrary: (site) =>
      fc.constant(
        trial(
          head(`GET ${site.path} HTTP/1.0`, [`Host: ${site.host}`, "Connection: keep-alive"]) + canary(site),
          ["GET", "GET"],
        ),
      ),
    judge: judged(
      "keep-alive in the first response if there is a second, and the end of the connection",
      ([outcome]) => {
        const [first, second] = outcome!.responses;
        if (first === undefined) return false;
        return second === undefined
          ? outcome!.end !== "open"
          : /keep-alive/i.test(listOf(first, "connection"));
      },
    ),
    mostRuns: 2,
  },
  {
    id: "rfc9112/8/incomplete-request",
    level: "should",
    section: "RFC 9112 §8",
    says: "A request that the client's end cuts is incomplete: it is refused or dropped, and the connection closed.",
    arbitrary: (site) =>
      fc.nat(9999).map((fraction) => {
        const text = plain(site);
        const cut = 1 + Math.floor(((text.length - 2) * fraction) / 10_000);
        return { exchanges: [{ ...exchange(text.slice(0, cut), [site.method]), halfClose: true }] };
      }),
    judge: judged("a 4xx or nothing, and the connection closed", ([outcome]) => {
      const status = outcome!.responses[0]?.status ?? 400;
      return status >= 400 && outcome!.end !== "open";
    }),
    mostRuns: 30,
  },
  {
    id: "rfc9112/9.6/half-close",
    level: "should",
    section: "RFC 9112 §9.6",
    says: "A client that closes its sending side behind a whole request still gets the response.",
    debatable:
      "the RFC does not speak of it: a server may take the end of the client's side for the client's going away",
    arbitrary: (site) =>
      fc.constant({ exchanges: [{ ...exchange(plain(site), [site.method]), halfClose: true }] }),
    judge: accepted("the response, and the end of the connection", [400, 501, 505]),
    mostRuns: 2,
  },
  {
    id: "rfc9112/6.3/content-incomplete",
    level: "must",
    section: "RFC 9112 §6.3",
    says: "Content of fewer bytes than Content-Length says is incomplete at the client's end, and the connection is closed: it does not hang.",
    arbitrary: (site) =>
      fc.constantFrom("", "h", "hell").map((content) => ({
        exchanges: [{ ...exchange(post(site, ["Content-Length: 5"], content), ["POST"]), halfClose: true }],
      })),
    judge: judged("the end of the connection", ([outcome]) => outcome!.end !== "open"),
    mostRuns: 3,
  },
  {
    id: "rfc9112/8/chunks-incomplete",
    level: "should",
    section: "RFC 9112 §8",
    says: "Chunked content without its last chunk is incomplete at the client's end, and the connection is closed: it does not hang.",
    arbitrary: (site) =>
      fc
        .constantFrom<[string, string]>(
          ["Transfer-Encoding: chunked", "5\r\nhello\r\n"],
          ["Transfer-Encoding: chunked", "5\r\nhel"],
          ["Transfer-Encoding: chunked", "0\r\n"],
          ["Transfer-Encoding: chunked", ""],
        )
        .map(([line, content]) => ({
          exchanges: [{ ...exchange(post(site, [line], content), ["POST"]), halfClose: true }],
        })),
    judge: judged("the end of the connection", ([outcome]) => outcome!.end !== "open"),
    mostRuns: 4,
  },
];
