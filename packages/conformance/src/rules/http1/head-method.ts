import fc from "fast-check";
import { field } from "../../exchange/exchange.ts";
import { judged } from "../judges.ts";
import { canary, exchange, head, trial } from "../requests.ts";
import type { Rule } from "../rule.ts";

/** RFC 9110 §9.3.2: HEAD. */
export const headMethod: readonly Rule[] = [
  {
    id: "rfc9110/9.3.2/head-no-content",
    level: "must",
    section: "RFC 9110 §9.3.2",
    security: true,
    says: "A response to HEAD has no content.",
    applies: ({ head: status }) => (status === 0 ? "it does not answer HEAD" : null),
    arbitrary: (site) =>
      fc
        .constantFrom(site.path, "/absent")
        .map((path) =>
          trial(head(`HEAD ${path} HTTP/1.1`, [`Host: ${site.host}`]) + canary(site), ["HEAD", "GET"]),
        ),
    judge: judged(
      "a head, and the next response behind it",
      ([outcome]) => outcome!.error === null && outcome!.extraBytes === 0 && outcome!.responses.length > 0,
    ),
    mostRuns: 4,
  },
  {
    id: "rfc9110/8.6/head-length",
    level: "must",
    section: "RFC 9110 §8.6",
    says: "A Content-Length in a response to HEAD is that of the response to GET.",
    applies: ({ head: status, isStable }) => {
      if (!isStable) return "its responses to GET differ in length";
      return status === 0 ? "it does not answer HEAD" : null;
    },
    arbitrary: (site) =>
      fc.constant({
        exchanges: ["HEAD", "GET"].map((method) =>
          exchange(head(`${method} ${site.path} HTTP/1.1`, [`Host: ${site.host}`, "Connection: close"]), [
            method,
          ]),
        ),
      }),
    judge: judged("the same length, or none", ([ofHead, ofGet]) => {
      const [one, other] = [ofHead!.responses[0], ofGet!.responses[0]];
      if (one === undefined || other === undefined || one.status !== other.status) return true;
      const length = field(one, "content-length");
      return length === null || length === `${other.content.length}`;
    }),
    mostRuns: 2,
  },
  {
    id: "rfc9110/9.3.2/head-as-get",
    level: "should",
    section: "RFC 9110 §9.3.2",
    says: "HEAD gets the status that GET gets.",
    applies: ({ head: status }) => (status === 0 ? "it does not answer HEAD" : null),
    arbitrary: (site) =>
      fc.constantFrom(site.path, "/absent").map((path) => ({
        exchanges: ["HEAD", "GET"].map((method) => ({
          ...exchange(head(`${method} ${path} HTTP/1.1`, [`Host: ${site.host}`]), [method]),
          until: 1,
        })),
      })),
    judge: judged(
      "the same status",
      ([ofHead, ofGet]) => ofHead!.responses[0]?.status === ofGet!.responses[0]?.status,
    ),
    mostRuns: 2,
  },
];
