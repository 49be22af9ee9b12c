import { Buffer } from "node:buffer";
import { cutAt, cuts } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import type { Exchange, Trial } from "../../exchange/exchange.ts";
import { describe, isClosed } from "../judges.ts";
import { canary, exchange } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";
import type { ProxyFacts } from "./facts.ts";
import { BAD_BINARIES, BAD_LINES, binaries, lines } from "./headers.ts";

/** A request behind a header, in one packet. */
export function behind(header: Uint8Array | string, site: Site): Exchange {
  const bytes = typeof header === "string" ? Buffer.from(header, "latin1") : header;
  return exchange(Buffer.concat([bytes, Buffer.from(canary(site), "latin1")]), ["GET"]);
}

const trialOf = (one: Exchange): Trial => ({ exchanges: [one] });

/** The request is answered as behind the probe's header. */
const served: Rule<ProxyFacts>["judge"] = ([outcome], _trial, { status }) => {
  if (outcome!.responses[0]?.status === status) return null;
  return { due: `a ${status}, as behind the header of the probe`, got: describe(outcome!) };
};

/** Nothing is answered: whose request it is cannot be known. */
const dropped: Rule<ProxyFacts>["judge"] = ([outcome]) => {
  if (outcome!.received.length === 0 && isClosed(outcome!)) return null;
  return { due: "the connection is closed without a response", got: describe(outcome!) };
};

/** The PROXY protocol (haproxy.org, proxy-protocol.txt), versions 1 and 2. */
export const proxyRules: readonly Rule<ProxyFacts>[] = [
  {
    id: "proxy-protocol/2.1/line",
    level: "must",
    section: "PROXY protocol §2.1",
    says: "A line of version 1 is read, for TCP over IPv4 and IPv6 and for what is unknown, and the request behind it is served.",
    arbitrary: (site) => lines.map((header) => trialOf(behind(header, site))),
    judge: served,
  },
  {
    id: "proxy-protocol/2.2/header",
    level: "must",
    section: "PROXY protocol §2.2",
    says: "A header of version 2 is read, whatever values are behind its addresses, and so is one of the proxy's own connections.",
    arbitrary: (site) => binaries.map((header) => trialOf(behind(header, site))),
    judge: served,
  },
  {
    id: "proxy-protocol/2/pieces",
    level: "should",
    section: "PROXY protocol §2",
    says: "A header may come in several pieces.",
    arbitrary: (site) =>
      fc.tuple(fc.oneof(lines, binaries), cuts).map(([header, fractions]) => {
        const whole = behind(header, site);
        const pieces = cutAt(whole.pieces[0]!.bytes, fractions);
        return trialOf({ ...whole, pieces: pieces.map((bytes) => ({ bytes, after: "turn" })) });
      }),
    judge: served,
  },
  {
    id: "proxy-protocol/2/missing",
    level: "must",
    section: "PROXY protocol §2",
    says: "A connection without a header is not served: the server must not guess whether there is one.",
    security: true,
    arbitrary: (site) => fc.constantFrom("", "\r\n").map((text) => trialOf(behind(text, site))),
    judge: dropped,
    mostRuns: 2,
  },
  {
    id: "proxy-protocol/2.1/malformed",
    level: "must",
    section: "PROXY protocol §2.1",
    says: "A line that does not match the grammar ends the connection.",
    security: true,
    arbitrary: (site) => fc.constantFrom(...BAD_LINES).map((line) => trialOf(behind(line, site))),
    judge: dropped,
    mostRuns: BAD_LINES.length,
  },
  {
    id: "proxy-protocol/2.1/length",
    level: "should",
    section: "PROXY protocol §2.1",
    says: "A line without CRLF in its first 107 characters is invalid.",
    arbitrary: (site) =>
      fc
        .integer({ min: 94, max: 2_000 })
        .map((length) => trialOf(behind(`PROXY UNKNOWN ${"a".repeat(length)}\r\n`, site))),
    judge: dropped,
  },
  {
    id: "proxy-protocol/2.2/malformed",
    level: "must",
    section: "PROXY protocol §2.2",
    says: "A header of another version, command, family or protocol, or too short for its addresses, ends the connection.",
    security: true,
    arbitrary: (site) => fc.constantFrom(...BAD_BINARIES).map((header) => trialOf(behind(header, site))),
    judge: dropped,
    mostRuns: BAD_BINARIES.length,
  },
];
