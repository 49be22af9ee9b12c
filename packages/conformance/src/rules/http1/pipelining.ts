import { latin1 } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import type { Exchange, Outcome } from "../../exchange/exchange.ts";
import type { Facts } from "../facts.ts";
import { answers, describe, isClosed, judged } from "../judges.ts";
import { canary, exchange, head, plain, post, trial } from "../requests.ts";
import type { Finding, Rule, Site } from "../rule.ts";

const persists = (facts: Facts): string | null =>
  facts.persists ? null : "it closes each connection after one response";

interface Request {
  readonly method: string;
  readonly text: string;
}

/** Requests whose responses differ where a target makes them differ: by method, and by a path that is hardly there. */
function someRequest(site: Site): fc.Arbitrary<Request> {
  const { host, path } = site;
  const line = (method: string, target: string) => ({
    method,
    text: head(`${method} ${target} HTTP/1.1`, [`Host: ${host}`]),
  });
  return fc.constantFrom(
    line("GET", path),
    line("HEAD", path),
    line("GET", "/absent"),
    line("OPTIONS", path),
    { method: "POST", text: post(site, ["Content-Length: 5"], "hello") },
    { method: "POST", text: post(site, ["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n") },
    line("HEAD", "/absent"),
  );
}

/** All requests on one connection, with a canary behind them, cut at `places`: bytes from the end, so that a shorter row has the same cuts. */
function together(site: Site, requests: readonly Request[], places: readonly number[]): Exchange {
  const bytes = latin1(requests.map(({ text }) => text).join("") + canary(site));
  const inside = places.map((place) => bytes.length - place).filter((at) => at > 0 && at < bytes.length);
  const starts = [...new Set([0, ...inside])].sort((a, b) => a - b);
  return {
    pieces: starts.map((start, i) => ({
      bytes: bytes.subarray(start, starts[i + 1]),
      after: "turn" as const,
    })),
    methods: [...requests.map(({ method }) => method), "GET"],
    until: "closed",
    halfClose: false,
  };
}

/** A few cuts, or one behind each byte. */
const places: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 49, arbitrary: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 200 }, (_, i) => i + 1)) },
);

/** The statuses, and the length of the canary's response: of the plain response it is known whether it has one. */
const statuses = ({ responses }: Outcome, { isStable }: Facts, canaryAt: number): string =>
  responses
    .map(({ status, content }, i) =>
      isStable && i === canaryAt ? `${status} (${content.length} bytes)` : `${status}`,
    )
    .join(", ");

/**
 * One is the beginning of the other, and the connection was closed: a server may close it because the content had not come yet when it
 * responded, and without a word too (RFC 9112 §9.5). Not before the first response: then a request is lost.
 */
function isCutShort(one: Outcome, other: Outcome): boolean {
  const [few, many] = one.responses.length < other.responses.length ? [one, other] : [other, one];
  const last = few.responses.at(-1);
  return (
    last !== undefined &&
    (!last.keepAlive || few.end === "closed") &&
    few.error === null &&
    few.responses.every(({ status }, i) => status === many.responses[i]!.status)
  );
}

/** One outcome is what the other is, as far as the server keeps the connection. */
function same(due: string): Rule["judge"] {
  return ([one, other], { exchanges }, facts): Finding | null => {
    // What is not read at a reset is lost, here more and there less.
    if (one!.end === "reset" || other!.end === "reset") return null;
    const canaryAt = exchanges[0]!.methods.length - 1;
    const [first, second] = [statuses(one!, facts, canaryAt), statuses(other!, facts, canaryAt)];
    if (first === second && one!.error?.code === other!.error?.code) return null;
    if (one!.responses.length !== other!.responses.length && isCutShort(one!, other!)) return null;
    return {
      due,
      got: `${describe(one!)}; on the other connection ${describe(other!)}: ${first} and ${second}`,
    };
  };
}

/** RFC 9112 §2.2 and §9.3.2: how the bytes come, and several requests in them. */
export const pipelining: readonly Rule[] = [
  {
    id: "rfc9112/2.2/any-cut",
    level: "must",
    section: "RFC 9112 §2.2",
    security: true,
    says: "A message is a sequence of bytes: whatever packets they come in, the responses are the same.",
    arbitrary: (site) =>
      fc.tuple(fc.array(someRequest(site), { maxLength: 3 }), places).map(([requests, fractions]) => ({
        exchanges: [together(site, requests, []), together(site, requests, fractions)],
      })),
    judge: same("the same responses, whole and in pieces"),
  },
  {
    id: "rfc9112/9.3.2/pipelining",
    level: "must",
    section: "RFC 9112 §9.3.2",
    security: true,
    says: "Pipelined requests are answered in their order, each as if it had come alone.",
    applies: persists,
    arbitrary: (site) =>
      fc.array(someRequest(site), { minLength: 1, maxLength: 4 }).map((requests) => ({
        exchanges: [
          together(site, requests, []),
          ...requests.map(({ method, text }) => ({ ...exchange(text, [method]), until: 1 })),
        ],
      })),
    judge: ([all, ...each]) => {
      const alone = each.map(({ responses }) => responses[0]);
      const due = `${alone.map((response) => response?.status ?? "no response").join(", ")}, as to each alone, and the canary's`;
      for (const [i, expected] of alone.entries()) {
        const response = all!.responses[i];
        if (response === undefined) {
          // A response with close ends it, and all behind it is dropped. A server may also close without a word (RFC 9112 §9.5).
          const isOver = all!.responses.at(-1)?.keepAlive === false || (i > 0 && isClosed(all!));
          return isOver || all!.end === "reset" ? null : { due, got: describe(all!) };
        }
        if (expected !== undefined && response.status !== expected.status)
          return { due, got: describe(all!) };
      }
      return all!.responses.length > each.length + 1 || all!.error !== null
        ? { due, got: describe(all!) }
        : null;
    },
    mostRuns: 60,
  },
  {
    id: "rfc9112/2.2/refused-is-last",
    level: "should",
    section: "RFC 9112 §2.2",
    security: true,
    says: "Behind bytes that are no HTTP message the connection is closed, with what was valid before them answered.",
    applies: persists,
    arbitrary: (site) =>
      fc
        .constantFrom(
          "\x00\r\n\r\n",
          "x\r\n\r\n",
          " \r\n\r\n",
          "GET\r\n\r\n",
          "GET / HTTP/1.1\r\n\x00: \r\n\r\n",
        )
        .map((bad) => trial(`${plain(site)}${bad}${canary(site)}`, [site.method, "GET", "GET"])),
    judge: judged(
      "the response to the first request, a refusal or none, and the end of the connection",
      ([outcome]) => answers(outcome!) === 1 && isClosed(outcome!) && outcome!.responses.length <= 2,
    ),
    mostRuns: 5,
  },
];
