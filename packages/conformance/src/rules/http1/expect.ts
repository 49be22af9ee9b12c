import { latin1 } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import { judged } from "../judges.ts";
import { head } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

function held(site: Site, version: string, expectation: string) {
  const text = head(`POST ${site.path} HTTP/${version}`, [
    `Host: ${site.host}`,
    `Expect: ${expectation}`,
    "Content-Length: 5",
  ]);
  return {
    exchanges: [
      {
        pieces: [
          { bytes: latin1(text), after: "turn" as const },
          { bytes: latin1("hello"), after: "response" as const },
        ],
        methods: ["POST"],
        until: 1,
        halfClose: false,
      },
    ],
  };
}

/** RFC 9110 §10.1.1: Expect. */
export const expectations: readonly Rule[] = [
  {
    id: "rfc9110/10.1.1/continue",
    level: "must",
    section: "RFC 9110 §10.1.1",
    says: "A request that expects 100-continue gets 100, or a final response at once: the server does not wait for the content.",
    arbitrary: (site) =>
      fc.constantFrom("100-continue", "100-Continue").map((text) => held(site, "1.1", text)),
    judge: judged(
      "100 and then a final response, or a final response at once",
      ([outcome]) => outcome!.responses.length > 0 && outcome!.silences === 0,
    ),
    mostRuns: 3,
  },
  {
    id: "rfc9110/10.1.1/continue-http10",
    level: "must",
    section: "RFC 9110 §10.1.1, §15.2",
    says: "The expectation of an HTTP/1.0 client is ignored: it gets no interim response.",
    arbitrary: (site) => fc.constant(held(site, "1.0", "100-continue")),
    judge: judged(
      "no interim response",
      ([outcome]) =>
        outcome!.interim.length === 0 && outcome!.responses.every(({ interim }) => interim.length === 0),
    ),
    mostRuns: 2,
  },
];
