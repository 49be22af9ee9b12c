import fc from "fast-check";
import type { Facts } from "../facts.ts";
import { answers, judged, REFUSALS } from "../judges.ts";
import { canary, head, post, trial } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";
import { goesOn } from "./fields.ts";

/** A head in which `ending` would be a line's end, with Transfer-Encoding behind it; an empty chunked body; and a canary. */
function hiddenCoding(site: Site, ending: string) {
  return trial(
    `${head(`POST ${site.path} HTTP/1.1`, [`Host: ${site.host}`, `X: a${ending}Transfer-Encoding: chunked`])}0\r\n\r\n${canary(site)}`,
    ["POST", "GET"],
  );
}

/** Also where the response to POST itself must be told from a refusal. */
const goesOnUnrefused = (facts: Facts): string | null => {
  const { status } = facts.post;
  if (status === 400 || status >= 500) return `it answers ${status} to each POST, as to one that it refuses`;
  return goesOn(facts);
};

/** The Transfer-Encoding is not read. */
const noCoding = judged(
  "400, or a refusal of the bytes behind the head: no Transfer-Encoding is there",
  ([outcome]) => {
    const { responses } = outcome!;
    return !(
      responses.length >= 2 &&
      responses[0]!.status < 500 &&
      responses[0]!.status !== 400 &&
      !REFUSALS.has(responses[1]!.status)
    );
  },
);

/** RFC 9112 §2.2, §5.2 and §11.2: a Transfer-Encoding that one reader sees, and another one does not. */
export const hiddenCodings: readonly Rule[] = [
  {
    id: "rfc9112/2.2/bare-cr-ends-line",
    level: "must",
    section: "RFC 9112 §2.2",
    security: true,
    says: "A bare CR ends no field line: what follows it is no field.",
    // Content that is chunked for this server only: if it reads a Transfer-Encoding, the canary comes behind a valid message.
    applies: goesOnUnrefused,
    arbitrary: (site) => fc.constant(hiddenCoding(site, "\r")),
    judge: noCoding,
    mostRuns: 1,
  },
  {
    id: "rfc9112/5.2/folded-field",
    level: "must",
    section: "RFC 9112 §5.2",
    security: true,
    says: "A folded line is refused with 400, or joined to the line before it: it is no field of its own.",
    applies: goesOnUnrefused,
    arbitrary: (site) => fc.constantFrom(" ", "\t").map((space) => hiddenCoding(site, `\r\n${space}`)),
    judge: noCoding,
    mostRuns: 2,
  },
  {
    id: "rfc9112/5.2/folded-framing",
    level: "must",
    section: "RFC 9112 §5.2, §6.3",
    security: true,
    says: "A folded Content-Length or Transfer-Encoding is refused, or read as the joined value: it is not ignored.",
    applies: goesOnUnrefused,
    arbitrary: (site) =>
      fc
        .constantFrom("Content-Length:\r\n 5", "Transfer-Encoding:\r\n chunked")
        .map((folded) =>
          trial(
            post(site, [folded], folded.startsWith("C") ? "GET /" : "5\r\nGET /\r\n0\r\n\r\n") + canary(site),
            ["POST", "GET"],
          ),
        ),
    judge: judged(
      "400 and no further response, or two responses of which none refuses the framing",
      ([outcome]) => {
        const { responses } = outcome!;
        const [first, second] = responses;
        if (first === undefined) return outcome!.end !== "open";
        if (first.status === 400) return true;
        return responses.length <= 2 && second?.status !== 400;
      },
    ),
    mostRuns: 4,
  },
  {
    id: "rfc9112/11.2/line-feed-hides-coding",
    level: "must",
    section: "RFC 9112 §2.2, §11.2",
    security: true,
    says: "If a lone LF ends a line, then everywhere: a Transfer-Encoding behind one and a Content-Length are not two readings of one message.",
    arbitrary: (site) =>
      fc.constant(
        trial(
          `${head(`POST ${site.path} HTTP/1.1`, [`Host: ${site.host}`, `Content-Length: ${5 + canary(site).length}`, "X: a\nTransfer-Encoding: chunked"])}0\r\n\r\n${canary(site)}`,
          ["POST"],
        ),
      ),
    judge: judged(
      "one response: whichever framing it reads, the canary is content or behind a doubtful message",
      ([outcome]) => answers(outcome!) <= 1,
    ),
    mostRuns: 1,
  },
];
