import type { ErrorCode } from "@mantou/http1";
import fc from "fast-check";
import type { Outcome, Response, Trial } from "../../exchange/exchange.ts";
import { field, listOf } from "../../exchange/exchange.ts";
import { describe, eachResponse, judged } from "../judges.ts";
import { canary, deciding, exchange, head, plain, post } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

/** Requests that bring out each kind of response that a target has: content, none, errors of its own and of its application. */
function anything(site: Site): fc.Arbitrary<Trial> {
  const { host, path } = site;
  const line = (method: string, target = path, version = "1.1") =>
    head(`${method} ${target} HTTP/${version}`, [`Host: ${host}`]);
  return fc
    .constantFrom<[string, string]>(
      ["GET", line("GET")],
      ["HEAD", line("HEAD")],
      ["GET", line("GET", "/absent")],
      ["OPTIONS", line("OPTIONS")],
      ["OPTIONS", line("OPTIONS", "*")],
      ["DELETE", line("DELETE")],
      ["BREW", line("BREW")],
      ["POST", post(site, ["Content-Length: 5"], "hello")],
      ["POST", post(site, ["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n")],
      ["GET", plain(site, ["Content-Length: x"])],
      ["GET", head(`GET ${path} HTTP/1.1`, [])],
      ["GET", head(`GET ${path} HTTP/1.1`, [`Host: ${host}`, "Range: bytes=0-0"])],
      ["GET", head(`GET ${path} HTTP/1.1`, [`Host: ${host}`, "If-None-Match: *"])],
      ["GET", head(`GET ${path} HTTP/1.1`, [`Host: ${host}`, "Upgrade: x", "Connection: upgrade"])],
      ["GET", line("GET", path, "3.0")],
      ["TRACE", line("TRACE")],
    )
    .map(([method, text]) => deciding(text, method));
}

/** The strict client role refuses such a response, unless it has no content: then no response is there that `judge` could look at. */
function refusedOr(codes: readonly ErrorCode[], due: string, judge: Rule["judge"]): Rule["judge"] {
  return (outcomes, made, facts) => {
    const code = outcomes[0]!.error?.code;
    if (code !== undefined && codes.includes(code)) return { due, got: describe(outcomes[0]!) };
    return judge(outcomes, made, facts);
  };
}

/** How many requests these are. */
const KINDS = 16;
const datesOf = ({ fields }: Response) =>
  fields.filter((text, i) => i % 2 === 0 && /^date$/i.test(text)).length;
const latin1Text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
/** The strict client role refuses a switch that it has not asked for, so that no response is there. */
const isSwitch = ({ received }: Outcome) => latin1Text(received.subarray(0, 12)).endsWith(" 101");

/** RFC 9112 §4 and §6, RFC 9110 §6.6 and §15: what the server sends. */
export const responses: readonly Rule[] = [
  {
    id: "rfc9112/4/response-grammar",
    level: "must",
    section: "RFC 9112 §4, §5, §6",
    says: "What a server sends is valid: its status line, its field lines, its framing; and nothing comes behind the last response.",
    arbitrary: (site) =>
      fc.oneof(
        { weight: KINDS, arbitrary: anything(site) },
        { weight: 1, arbitrary: fc.constant({ exchanges: [exchange(canary(site), ["GET"])] }) },
      ),
    judge: ([outcome]) => {
      const { error, extraBytes, unfinished, end } = outcome!;
      if (error === null && extraBytes === 0 && (unfinished === null || end === "reset")) return null;
      return { due: "valid responses only", got: describe(outcome!) };
    },
    mostRuns: KINDS + 1,
  },
  {
    id: "rfc9112/4/space-behind-status",
    level: "must",
    section: "RFC 9112 §4",
    says: "A space is behind the status code, also if no reason phrase follows.",
    arbitrary: anything,
    judge: judged("HTTP/1.1, a space, three digits, and a space", ([outcome]) => {
      const { error, received } = outcome!;
      return (
        error !== null ||
        received.length === 0 ||
        /^HTTP\/1\.[0-9] [0-9]{3} $/.test(latin1Text(received.subarray(0, 13)))
      );
    }),
    mostRuns: KINDS,
  },
  {
    id: "rfc9110/6.6.1/date",
    level: "must",
    section: "RFC 9110 §6.6.1, §5.6.7",
    says: "A response of 2xx, 3xx or 4xx of a server that has a clock has a Date, once, in the format that is to be sent.",
    arbitrary: anything,
    judge: eachResponse(
      "a Date like Sun, 06 Nov 1994 08:49:37 GMT",
      (response) =>
        response.status >= 500 ||
        (datesOf(response) === 1 &&
          /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/.test(
            field(response, "date") ?? "",
          )),
    ),
    mostRuns: KINDS,
  },
  {
    id: "rfc9112/6.2/te-with-cl",
    level: "must",
    section: "RFC 9112 §6.2",
    says: "A response has Transfer-Encoding or Content-Length, never both.",
    arbitrary: anything,
    judge: refusedOr(
      ["TRANSFER_ENCODING_WITH_LENGTH"],
      "one of the two",
      eachResponse(
        "one of the two",
        (response) =>
          field(response, "transfer-encoding") === null || field(response, "content-length") === null,
      ),
    ),
    mostRuns: KINDS,
  },
  {
    id: "rfc9112/6.1/no-framing-fields",
    level: "must",
    section: "RFC 9112 §6.1, RFC 9110 §8.6",
    says: "A 204 has neither Transfer-Encoding nor Content-Length.",
    arbitrary: anything,
    judge: eachResponse(
      "neither field",
      (response) =>
        response.status !== 204 ||
        (field(response, "transfer-encoding") === null && field(response, "content-length") === null),
    ),
    mostRuns: KINDS,
  },
  {
    id: "rfc9112/6.1/te-to-http10",
    level: "must",
    section: "RFC 9112 §6.1",
    says: "An HTTP/1.0 client gets no Transfer-Encoding.",
    arbitrary: (site) =>
      fc
        .constantFrom("GET", "HEAD", "OPTIONS", "POST")
        .map((method) =>
          deciding(
            head(`${method} ${site.path} HTTP/1.0`, [
              `Host: ${site.host}`,
              ...(method === "POST" ? ["Content-Length: 0"] : []),
            ]),
            method,
          ),
        ),
    judge: refusedOr(
      ["TRANSFER_ENCODING_HTTP_1_0", "TRANSFER_ENCODING_WITH_LENGTH"],
      "no Transfer-Encoding",
      eachResponse("no Transfer-Encoding", (response) => field(response, "transfer-encoding") === null),
    ),
    mostRuns: 8,
  },
  {
    id: "rfc9110/15.5.6/allow",
    level: "must",
    section: "RFC 9110 §15.5.6",
    says: "A 405 says in Allow which methods there are.",
    arbitrary: (site) =>
      fc
        .constantFrom("POST", "DELETE", "PUT", "BREW", "TRACE", "PATCH")
        .map((method) => deciding(head(`${method} ${site.path} HTTP/1.1`, [`Host: ${site.host}`]), method)),
    judge: eachResponse("Allow", (response) => response.status !== 405 || field(response, "allow") !== null),
    mostRuns: 12,
  },
  {
    id: "rfc9110/15/needed-fields",
    level: "must",
    section: "RFC 9110 §11.6.1, §7.8, §15.3.7.1",
    says: "A 401 has WWW-Authenticate, a 426 has Upgrade, and a 206 with one part has Content-Range.",
    arbitrary: anything,
    judge: eachResponse("the field that the status needs", (response) => {
      if (response.status === 401) return field(response, "www-authenticate") !== null;
      if (response.status === 206) {
        const type = field(response, "content-type") ?? "";
        return /^multipart\/byteranges/i.test(type) || field(response, "content-range") !== null;
      }
      return response.status !== 426 || field(response, "upgrade") !== null;
    }),
    mostRuns: KINDS,
  },
  {
    id: "rfc9110/7.8/upgrade-listed",
    level: "must",
    section: "RFC 9110 §7.8",
    says: "A response with Upgrade names it in Connection.",
    arbitrary: anything,
    judge: eachResponse(
      "upgrade in Connection",
      (response) => field(response, "upgrade") === null || /upgrade/i.test(listOf(response, "connection")),
    ),
    mostRuns: KINDS,
  },
  {
    id: "rfc9110/7.8/switch-unasked",
    level: "must",
    section: "RFC 9110 §7.8",
    says: "A server switches to no protocol that was not offered.",
    arbitrary: anything,
    judge: judged("no 101", ([outcome]) => !isSwitch(outcome!)),
    mostRuns: KINDS,
  },
  {
    id: "rfc9110/7.8/upgrade-http10",
    level: "must",
    section: "RFC 9110 §7.8",
    says: "Upgrade in an HTTP/1.0 request is ignored: no protocol is switched.",
    arbitrary: (site) =>
      fc
        .constantFrom("websocket", "h2c", "x")
        .map((protocol) =>
          deciding(
            head(`GET ${site.path} HTTP/1.0`, [
              `Host: ${site.host}`,
              "Connection: upgrade",
              `Upgrade: ${protocol}`,
              ...(protocol === "websocket"
                ? ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
                : []),
            ]),
            "GET",
          ),
        ),
    judge: judged("a final response other than 101", ([outcome]) => !isSwitch(outcome!)),
    mostRuns: 3,
  },
  {
    id: "rfc9110/6.2/own-version",
    level: "should",
    section: "RFC 9110 §6.2",
    says: "A server answers in the highest version that it speaks of the request's major version, whatever the minor one.",
    applies: ({ plain: { minor } }) =>
      minor === 1 ? null : "it answers HTTP/1.1 in HTTP/1.0, which is the highest version that it speaks",
    arbitrary: (site) =>
      fc.constantFrom("1.0", "1.1").map((version) => ({
        exchanges: deciding(head(`GET ${site.path} HTTP/${version}`, [`Host: ${site.host}`]), "GET")
          .exchanges,
      })),
    judge: eachResponse("HTTP/1.1", ({ minor }) => minor === 1),
    mostRuns: 2,
  },
];
