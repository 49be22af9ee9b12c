import { badFieldLines, plainFields } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import type { Facts } from "../facts.ts";
import { accepted, judged, refused, refusedSomehow } from "../judges.ts";
import { canary, head, plain, trial, withLines } from "../requests.ts";
import type { Rule } from "../rule.ts";

const line = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((text) => [text]);

/** Whether a request behind the content shows how its length was read. */
export const goesOn = ({ post: { pipelines } }: Facts): string | null =>
  pipelines ? null : "it does not answer what is pipelined behind a POST (rfc9112/9.3.2/pipelining)";

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
            `${head(`POST ${site.path} HTTP/1.1`, [`${hostName}: ${site.host}`, `${length}: 5`])}hello${head(`GET ${site.path} HTTP/1.1`, [`${hostName}: ${site.host}`, `${connection}: close`])}`,
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
];
