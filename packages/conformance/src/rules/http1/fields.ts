import { badFieldLines, plainFields } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import type { Facts } from "../facts.ts";
import { accepted, answers, judged, REFUSALS, refused, refusedSomehow } from "../judges.ts";
import { canary, head, plain, post, trial, withLines } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

const line = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((text) => [text]);

/** A head in which `ending` would be a line's end, with Transfer-Encoding behind it; an empty chunked body; and a canary. */
function hiddenCoding(site: Site, ending: string) {
  return trial(
    `${head(`POST ${site.path} HTTP/1.1`, [`Host: ${site.host}`, `X: a${ending}Transfer-Encoding: chunked`])}0\r\n\r\n${canary(site)}`,
    ["POST", "GET"],
  );
}

/** Whether a request behind the content shows how its length was read. */
const goesOn = ({ post: { pipelines } }: Facts): string | null =>
  pipelines ? null : "it does not answer what is pipelined behind a POST (rfc9112/9.3.2/pipelining)";

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

/** RFC 9112 §5, RFC 9110 §5: the grammar of field lines. */
export const fields: readonly Rule[] = [
  {
    id: "rfc9112/5.1/space-before-colon",
    level: "must",
    section: "RFC 9112 §5.1",
    security: true,
    says: "Whitespace between a field name and its colon gets a 400.",
    arbitrary: (site) =>
      withLines(
        site,
        fc
          .tuple(
            fc.constantFrom("X", "Accept", "Content-Length", "Transfer-Encoding"),
            fc.constantFrom(" ", "\t", "  "),
          )
          .map(([name, space]) => [`${name}${space}:${name === "Content-Length" ? "0" : " chunked"}`]),
      ),
    judge: refused([400], false, "400"),
    mostRuns: 40,
  },
  {
    id: "rfc9110/5.1/name-grammar",
    level: "should",
    section: "RFC 9110 §5.1, RFC 9112 §2.2",
    says: "A field name is a token: a request with another one is no HTTP message, and gets a 400.",
    arbitrary: (site) => withLines(site, line(badFieldLines.FIELD_NAME_INVALID)),
    judge: refusedSomehow(false, "400"),
  },
  {
    id: "rfc9112/5/colon-missing",
    level: "should",
    section: "RFC 9112 §5, §2.2",
    says: "A line without a colon is no field line: the request gets a 400.",
    arbitrary: (site) => withLines(site, line(badFieldLines.FIELD_COLON_MISSING)),
    judge: refusedSomehow(false, "400"),
  },
  {
    id: "rfc9110/5.5/control-characters",
    level: "should",
    section: "RFC 9110 §5.5",
    says: "A value with a CR or NUL is refused, or each of them replaced by a space.",
    debatable: "a server that has put a space in its place looks the same from outside",
    arbitrary: (site) =>
      withLines(site, line(fc.constantFrom("X: a\0", "X: a\rb", "X:\0", "X: \r", "X: a\0b"))),
    judge: refusedSomehow(false, "400, or a space in place of the character"),
    mostRuns: 20,
  },
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
    id: "rfc9110/5.1/names-without-case",
    level: "must",
    section: "RFC 9110 §5.1",
    says: "Field names are compared without case, those that frame and route too.",
    applies: goesOn,
    arbitrary: (site) =>
      fc
        .constantFrom<[string, string, string]>(
          ["host", "content-length", "connection"],
          ["HOST", "CONTENT-LENGTH", "CONNECTION"],
          ["hOsT", "cOnTeNt-LeNgTh", "cOnNeCtIoN"],
        )
        .map(([hostName, length, connection]) =>
          trial(
            `${head(`POST ${site.path} HTTP/1.1`, [`${hostName}: ${site.host}`, `${length}: 5`])}hello${head("GET / HTTP/1.1", [`${hostName}: ${site.host}`, `${connection}: close`])}`,
            ["POST", "GET"],
          ),
        ),
    judge: accepted("both responses, and the end of the connection", [400]),
    mostRuns: 6,
  },
  {
    id: "rfc9112/5/whitespace-around-value",
    level: "must",
    section: "RFC 9112 §5, RFC 9110 §5.5",
    says: "Whitespace around a value is no part of it: none, spaces and tabs.",
    applies: goesOn,
    arbitrary: (site) =>
      fc
        .tuple(fc.constantFrom("", " ", "\t", " \t "), fc.constantFrom("", " ", "\t", "\t "))
        .map(([before, after]) =>
          trial(
            `${head(`POST ${site.path} HTTP/1.1`, [`Host:${before}${site.host}${after}`, `Content-Length:${before}5${after}`])}hello${canary(site)}`,
            ["POST", "GET"],
          ),
        ),
    judge: accepted("both responses", [400]),
    mostRuns: 16,
  },
  {
    id: "rfc9110/5.1/unknown-fields",
    level: "should",
    section: "RFC 9110 §5.1",
    says: "Fields that a server does not know are ignored: the response has the status that it has without them.",
    arbitrary: (site) =>
      plainFields
        .map((list) => {
          const names = list.map(({ name }) => name.toLowerCase());
          // No client may send some fields twice.
          return list.filter(
            (_, i) =>
              names.indexOf(names[i]!) === i &&
              !/^(?:if-|accept|authorization|range|te$|trailer|keep-alive|cookie|content-|x-http|x-forwarded|date$|via$|upgrade)/.test(
                names[i]!,
              ),
          );
        })
        .map((list) => ({
          exchanges: [
            {
              ...trial(
                plain(
                  site,
                  list.map(({ line }) => line),
                ),
                [site.method],
              ).exchanges[0]!,
              until: 1,
            },
          ],
        })),
    judge: (outcomes, made, facts) => {
      const status = outcomes[0]!.responses[0]?.status;
      if (status === facts.plain.status) return null;
      const due = `${facts.plain.status}, as without these fields`;
      return judged(due, () => false)(outcomes, made, facts);
    },
    reuses: true,
  },
  {
    id: "rfc9110/5.4/head-too-large",
    level: "must",
    section: "RFC 9110 §5.4",
    says: "A header section larger than the server wants gets a 4xx: it does not hang, and does not read without end.",
    arbitrary: (site) =>
      fc
        .constantFrom(`X: ${"a".repeat(2 ** 20)}`, `${"X: a\r\n".repeat(2 ** 16)}X: a`)
        .map((large) => trial(plain(site, [large, "Connection: close"]), [site.method])),
    judge: judged(
      "a 4xx (or 2xx, if it takes it), or the connection closed while it was sent",
      ([outcome]) => {
        const status = outcome!.responses[0]?.status ?? 0;
        return status === 0 ? outcome!.end === "reset" || outcome!.end === "closed" : status < 500;
      },
    ),
    mostRuns: 2,
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
