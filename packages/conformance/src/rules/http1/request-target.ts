import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import { accepted, refusedLine, refusedSomehow } from "../judges.ts";
import { deciding, head, malformedLines } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

const REFUSED = "a 4xx or 5xx, or a 301 to a target that is right";

function absoluteForm({ tls, host, path }: Site, named: string): fc.Arbitrary<Trial> {
  const target = `${tls ? "https" : "http"}://${host}${path}`;
  return fc.constant(deciding(head(`GET ${target} HTTP/1.1`, [`Host: ${named}`]), "GET"));
}

/** The response has the status that the plain request gets, or one that does not refuse the form of the request. */
const asPlain: Rule["judge"] = (outcomes, made, facts) => {
  const status = outcomes[0]!.responses[0]?.status ?? 0;
  if (status === facts.plain.status) return null;
  return accepted("the response that the origin-form gets")(outcomes, made, facts);
};

/** RFC 9112 §3.2: the four forms of a target, and what is none of them. */
export const requestTarget: readonly Rule[] = [
  {
    id: "rfc9112/3.2/target-characters",
    level: "should",
    section: "RFC 9112 §3.2",
    says: "A target with a control character, a space, a fragment or bytes past ASCII is invalid, and gets a 400.",
    arbitrary: (site) =>
      malformedLines(
        site,
        ...["\x00", "\x01", "\x7f", "\x1f", "#", "\x80", "\xe9", "\xff"].map(
          (bad) => `${site.method} ${site.path}${bad} HTTP/1.1`,
        ),
      ),
    judge: refusedLine(REFUSED),
    mostRuns: 40,
  },
  {
    id: "rfc9112/3.2.2/absolute-form",
    level: "must",
    section: "RFC 9112 §3.2.2",
    says: "A target in absolute-form is accepted.",
    arbitrary: (site) => absoluteForm(site, site.host),
    judge: asPlain,
    mostRuns: 1,
  },
  {
    id: "rfc9112/3.2.2/absolute-form-other-host",
    level: "should",
    section: "RFC 9112 §3.2.2",
    says: "The authority of a target in absolute-form goes before Host, which is ignored.",
    debatable: "a server may refuse a request that names two hosts, which no client may send",
    arbitrary: (site) => absoluteForm(site, "other.example"),
    judge: asPlain,
    mostRuns: 1,
  },
  {
    id: "rfc9112/3.2.4/asterisk-form",
    level: "should",
    section: "RFC 9112 §3.2.4",
    says: "OPTIONS * is a valid request: it is answered, and nothing of it is taken for a syntax error.",
    arbitrary: (site) => fc.constant(deciding(head("OPTIONS * HTTP/1.1", [`Host: ${site.host}`]), "OPTIONS")),
    judge: accepted("a response other than 400", [400]),
    mostRuns: 1,
  },
  {
    id: "rfc9110/9.3.6/connect-port",
    level: "must",
    section: "RFC 9110 §9.3.6",
    says: "CONNECT to an empty or invalid port is refused, usually with 400.",
    applies: ({ unknownMethod }) =>
      unknownMethod < 400 ? "its application answers any method, as if CONNECT had no other meaning" : null,
    arbitrary: (site) =>
      fc
        .constantFrom("a:", "a:x", "a:0x50", "a:99999", "a:-1")
        .map((target) => deciding(head(`CONNECT ${target} HTTP/1.1`, [`Host: ${site.host}`]), "CONNECT")),
    judge: refusedSomehow(false, "400, or another 4xx or 5xx"),
    mostRuns: 5,
  },
  {
    id: "rfc9112/3.2/target-without-slash",
    level: "should",
    section: "RFC 9112 §3.2",
    says: "A target that has none of the four forms is invalid, and gets a 400.",
    arbitrary: (site) =>
      malformedLines(
        site,
        "GET x HTTP/1.1",
        "GET ?a HTTP/1.1",
        "GET http:/x HTTP/1.1",
        "GET http:///x HTTP/1.1",
      ),
    judge: refusedLine(REFUSED),
    mostRuns: 12,
  },
];
