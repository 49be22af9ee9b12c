import { Buffer } from "node:buffer";
import { byteByByte, content, cutAt, cuts, latin1 } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import type { Exchange, Trial } from "../../exchange/exchange.ts";
import { chunkedContent } from "../contents.ts";
import { echoed, needsEcho } from "../echo.ts";
import type { Facts } from "../facts.ts";
import { head, post } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

/** One request, of which the content has to come back. */
interface Request {
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

const atEcho = (site: Site, { echo }: Facts): Site => ({ ...site, path: echo!.path });
const EMPTY = new Uint8Array(0);
/** No two packets of it are alike. */
const LARGE = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

function withLength(site: Site): fc.Arbitrary<Request> {
  return content.map((bytes) => lengthRequest(site, bytes));
}

function lengthRequest(site: Site, content: Uint8Array): Request {
  const start = latin1(post(site, [`Content-Length: ${content.length}`]));
  return { bytes: Buffer.concat([start, content]), content };
}

function inChunks(site: Site): fc.Arbitrary<Request> {
  const start = latin1(post(site, ["Transfer-Encoding: chunked"]));
  return chunkedContent.map(({ wire, content }) => ({ bytes: Buffer.concat([start, wire]), content }));
}

/** The requests on one connection, and a GET behind them where it gets what the contract says, in packets. */
function together(
  site: Site,
  { echo }: Facts,
  requests: readonly Request[],
  cut: (bytes: Uint8Array) => readonly Uint8Array[],
): Trial {
  const last = echo!.gets
    ? [{ bytes: latin1(head(`GET ${site.path} HTTP/1.1`, [`Host: ${site.host}`])), content: EMPTY }]
    : [];
  const all = [...requests, ...last];
  const bytes = Buffer.concat(all.map((request) => request.bytes));
  const exchange: Exchange = {
    pieces: cut(bytes).map((piece) => ({ bytes: piece, after: "turn" })),
    methods: [...requests.map(() => "POST"), ...last.map(() => "GET")],
    until: all.length,
    halfClose: false,
    contents: all.map((request) => request.content),
  };
  return { exchanges: [exchange] };
}

/** A few cuts, or one behind each byte of a short message. */
const cutting: fc.Arbitrary<(bytes: Uint8Array) => readonly Uint8Array[]> = fc.oneof(
  { weight: 49, arbitrary: cuts.map((places) => (bytes: Uint8Array) => cutAt(bytes, places)) },
  {
    weight: 1,
    arbitrary: fc.constant((bytes: Uint8Array) => (bytes.length < 400 ? byteByByte(bytes) : [bytes])),
  },
);

function anyCut(request: (site: Site) => fc.Arbitrary<Request>): Rule["arbitrary"] {
  return (site, facts) =>
    fc
      .tuple(request(atEcho(site, facts)), cutting)
      .map(([one, cut]) => together(atEcho(site, facts), facts, [one], cut));
}

/** Rules of content, which an echo shows: docs/echo.md has its contract. */
export const echo: readonly Rule[] = [
  {
    id: "rfc9112/6.2/echo-length",
    level: "must",
    section: "RFC 9112 §6.2, §6.3",
    security: true,
    says: "Content with a Content-Length arrives whole, any bytes, whatever packets they come in.",
    applies: needsEcho,
    arbitrary: anyCut(withLength),
    judge: echoed,
    reuses: true,
  },
  {
    id: "rfc9112/7.1/echo-chunked",
    level: "must",
    section: "RFC 9112 §7.1",
    security: true,
    says: "Chunked content is decoded: chunks of any sizes, whatever packets they come in.",
    applies: needsEcho,
    arbitrary: anyCut(inChunks),
    judge: echoed,
    reuses: true,
  },
  {
    id: "rfc9112/9.3.2/echo-order",
    level: "must",
    section: "RFC 9112 §9.3.2",
    security: true,
    says: "Each of several pipelined requests gets its own content back, in their order.",
    applies: (facts) =>
      needsEcho(facts) ??
      (facts.echo!.pipelines
        ? null
        : "its echo does not answer what is pipelined behind a POST (rfc9112/9.3.2/pipelining)"),
    arbitrary: (site, facts) => {
      const own = atEcho(site, facts);
      const request = fc.oneof(withLength(own), inChunks(own));
      return fc
        .tuple(fc.array(request, { minLength: 2, maxLength: 5 }), cutting)
        .map(([requests, cut]) => together(own, facts, requests, cut));
    },
    judge: echoed,
    reuses: true,
  },
  {
    id: "rfc9112/6.2/echo-large",
    level: "must",
    section: "RFC 9112 §6.2, §7.1",
    says: "Content of many packets arrives whole.",
    applies: needsEcho,
    arbitrary: (site, facts) => {
      const own = atEcho(site, facts);
      return fc.tuple(fc.constantFrom(65_535, 65_537, 300_000), fc.boolean()).map(([length, isChunked]) => {
        const content = LARGE.subarray(0, length);
        const size = latin1(`${length.toString(16)}\r\n`);
        const chunks = [
          latin1(post(own, ["Transfer-Encoding: chunked"])),
          size,
          content,
          latin1("\r\n0\r\n\r\n"),
        ];
        const one = isChunked ? { bytes: Buffer.concat(chunks), content } : lengthRequest(own, content);
        return together(own, facts, [one], (bytes) => [bytes]);
      });
    },
    judge: echoed,
    mostRuns: 6,
  },
  {
    id: "rfc9110/10.1.1/echo-continue",
    level: "must",
    section: "RFC 9110 §10.1.1",
    says: "Content that waits for 100 arrives whole, and so does content that does not wait.",
    applies: needsEcho,
    arbitrary: (site, facts) => {
      const own = atEcho(site, facts);
      // No request without content may have the expectation.
      const some = content.filter(({ length }) => length > 0);
      return fc.tuple(some, fc.boolean(), fc.boolean()).map(([bytes, isChunked, waits]): Trial => {
        const coding = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${bytes.length}`;
        const size = latin1(`${bytes.length.toString(16)}\r\n`);
        const body = coding.startsWith("T") ? Buffer.concat([size, bytes, latin1("\r\n0\r\n\r\n")]) : bytes;
        const start = latin1(post(own, ["Expect: 100-continue", coding]));
        const pieces = [
          { bytes: start, after: "turn" as const },
          { bytes: body, after: waits ? ("response" as const) : ("turn" as const) },
        ];
        return {
          exchanges: [{ pieces, methods: ["POST"], until: 1, halfClose: false, contents: [bytes] }],
        };
      });
    },
    judge: echoed,
  },
  {
    id: "rfc9112/6.3/echo-incomplete",
    level: "must",
    section: "RFC 9112 §6.3, §8",
    security: true,
    says: "Content that the client's end cuts is not taken for the whole.",
    applies: needsEcho,
    arbitrary: (site, facts) => {
      const own = atEcho(site, facts);
      return fc
        .constantFrom<[string, string]>(
          ["Content-Length: 5", "hell"],
          ["Content-Length: 5", "h"],
          ["Transfer-Encoding: chunked", "5\r\nhello\r\n"],
          ["Transfer-Encoding: chunked", "5\r\nhel"],
        )
        .map(([line, part]) => ({
          exchanges: [
            {
              pieces: [{ bytes: latin1(post(own, [line], part)), after: "turn" as const }],
              methods: ["POST"],
              until: "closed" as const,
              halfClose: true,
            },
          ],
        }));
    },
    judge: ([outcome]) => {
      const [first] = outcome!.responses;
      if (first === undefined || first.status >= 400) return null;
      return {
        due: "no response that treats it as whole",
        got: `a ${first.status} with ${first.content.length} bytes`,
      };
    },
    mostRuns: 4,
  },
];
