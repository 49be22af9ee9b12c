import fc from "fast-check";
import { accepted, refused } from "../judges.ts";
import { deciding, head, withLines } from "../requests.ts";
import type { Rule } from "../rule.ts";

const BAD_REQUEST = "400";
const refusal = refused([400], false, BAD_REQUEST);

/** RFC 9112 §3.2: Host. */
export const host: readonly Rule[] = [
  {
    id: "rfc9112/3.2/host-missing",
    level: "must",
    section: "RFC 9112 §3.2",
    says: "An HTTP/1.1 request without Host gets a 400.",
    arbitrary: (site) =>
      withLines(site, fc.constantFrom([], ["X-Host: a"], ["Hos: a"], ["Hostt: a"]), { host: false }),
    judge: refusal,
    mostRuns: 20,
  },
  {
    id: "rfc9112/3.2/host-duplicate",
    level: "must",
    section: "RFC 9112 §3.2",
    says: "A request with more than one Host line gets a 400, also if they say the same.",
    arbitrary: (site) =>
      withLines(
        site,
        fc
          .tuple(fc.constantFrom("Host", "host", "HOST"), fc.constantFrom(site.host, "a", ""))
          .map(([name, value]) => [`${name}: ${value}`]),
      ),
    judge: refusal,
    mostRuns: 30,
  },
  {
    id: "rfc9112/3.2/host-invalid",
    level: "must",
    section: "RFC 9112 §3.2",
    says: "A Host whose value is no host with an optional port gets a 400.",
    arbitrary: (site) =>
      withLines(
        site,
        fc
          .constantFrom(
            "a b",
            "a/b",
            "u@h",
            "h:8x",
            "h:1:2",
            "h?",
            "h#",
            "[::1",
            "[x]",
            "a\\b",
            '"h"',

            "\xe9",
            "a%zz",
            "::1",
            "http://a",
          )
          .map((value) => [`Host: ${value}`]),
        { host: false },
      ),
    judge: refusal,
    mostRuns: 60,
  },
  {
    id: "rfc9112/3.2/host-without-need",
    level: "should",
    section: "RFC 9112 §3.2",
    says: "Only HTTP/1.1 needs a Host: an HTTP/1.0 request without one is valid.",
    debatable: "a server that serves several hosts may refuse a request that names none",
    arbitrary: (site) => fc.constant(deciding(head(`GET ${site.path} HTTP/1.0`, []), "GET")),
    judge: accepted("the response to it"),
    mostRuns: 1,
  },
  {
    id: "rfc9112/3.2/host-forms",
    level: "should",
    section: "RFC 9110 §7.2",
    says: "Each form of a host is valid in Host: names, addresses, with a port or an empty one.",
    debatable: "a server may refuse hosts that it does not serve",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "localhost",
          "127.0.0.1",
          "[::1]",
          "localhost:80",
          "localhost:",
          "[2001:db8::7]:8080",
          "a.b-c.example",
          "LOCALHOST",
        )
        .map((value) => deciding(head(`GET ${site.path} HTTP/1.1`, [`Host: ${value}`]), "GET")),
    judge: accepted("a response other than 400", [400, 501, 505]),
    mostRuns: 16,
  },
];
