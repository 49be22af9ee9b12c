import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import { head, trial } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";
import type { ViaFacts } from "./facts.ts";
import { HIDDEN, nothingHidden } from "./judges.ts";

const hidden = ({ host, path }: Site) => head(`GET ${path}${HIDDEN} HTTP/1.1`, [`Host: ${host}`]);

const post = ({ host, path }: Site, lines: readonly string[], content: string): Trial =>
  trial(head(`POST ${path}?0 HTTP/1.1`, [`Host: ${host}`, ...lines]) + content, ["POST"]);

const row = (
  name: string,
  section: string,
  says: string,
  make: (site: Site) => readonly Trial[],
  level: Rule["level"] = "must",
): Rule<ViaFacts> => ({
  id: `${section.replace(/RFC (\d+) §(\S+?),?(?: .*)?$/, "rfc$1/$2")}/via-${name}`,
  level,
  section,
  security: true,
  says,
  arbitrary: (site) => fc.constantFrom(...make(site)),
  judge: nothingHidden,
  mostRuns: 12,
});

/** An empty chunked body, with a request behind it that Content-Length counts as content. */
function both(site: Site, coding: string): Trial {
  const content = `0\r\n\r\n${hidden(site)}`;
  return post(site, [`Content-Length: ${content.length}`, coding], content);
}

/** RFC 9112 §11.2: messages that two parties could read differently. The request that is hidden in each is none in any reading that the RFC has. */
export const hiding: readonly Rule<ViaFacts>[] = [
  row(
    "te-and-cl",
    "RFC 9112 §6.3",
    "Of a message with Transfer-Encoding and Content-Length a proxy passes on the first of them only, or nothing, and nothing that is behind it.",
    (site) =>
      ["Transfer-Encoding: chunked", "transfer-encoding:chunked", "TRANSFER-ENCODING: Chunked"].map(
        (coding) => both(site, coding),
      ),
  ),
  row(
    "te-obscured",
    "RFC 9112 §6.3",
    "A doubtful Transfer-Encoding does not make Content-Length count, and is not passed on.",
    (site) =>
      [
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: \x0bchunked",
        'Transfer-Encoding: "chunked"',
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding:\r\n chunked",
        "X: a\nTransfer-Encoding: chunked",
      ].map((coding) => both(site, coding)),
  ),
  row(
    "space-before-colon",
    "RFC 9112 §5.1",
    "A field name with a space behind it is refused: neither reading of it is passed on.",
    (site) =>
      ["Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", "X : a"].map((line) =>
        both(site, line),
      ),
  ),
  row(
    "cl-doubtful",
    "RFC 9112 §6.3",
    "Of a message with a doubtful Content-Length nothing is passed on.",
    (site) => {
      const { length } = hidden(site);
      return [
        ["0", `${length}`],
        [`${length}`, "0"],
        [`+${length}`],
        [`0x${length.toString(16)}`],
        [`${length}, 0`],
        [`${length} 0`],
      ].map((values) =>
        post(
          site,
          values.map((value) => `Content-Length: ${value}`),
          hidden(site),
        ),
      );
    },
  ),
  row(
    "chunk-size",
    "RFC 9112 §7.1",
    "A chunk size that no integer holds is not read, and not passed on, as a smaller one.",
    (site) =>
      ["100000000", "10000000000000000", "fffffffffffffffff0", "20000000000000"].map((size) =>
        post(site, ["Transfer-Encoding: chunked"], `${size}\r\n\r\n${hidden(site)}`),
      ),
  ),
  row(
    "chunk-grammar",
    "RFC 9112 §7.1",
    "Chunks that are none are not passed on.",
    (site) =>
      ["0x0\r\n\r\n", "0;\n\r\n\r\n", "1\na\r\n0\r\n\r\n", "1\r\naXX0\r\n\r\n", "-0\r\n\r\n"].map((body) =>
        post(site, ["Transfer-Encoding: chunked"], body + hidden(site)),
      ),
    "should",
  ),
  row(
    "te-http10",
    "RFC 9112 §6.1",
    "A message of HTTP/1.0 with Transfer-Encoding is not passed on as it is, and nothing behind it is.",
    (site) => [
      trial(
        `${head(`POST ${site.path}?0 HTTP/1.0`, [`Host: ${site.host}`, "Connection: keep-alive", "Transfer-Encoding: chunked"])}0\r\n\r\n${hidden(site)}`,
        ["POST"],
      ),
    ],
  ),
  row(
    "values",
    "RFC 9110 §5.5",
    "A value with CR or NUL is refused, or each of them replaced by a space: it is not passed on.",
    (site) => ["X: a\rb", "X: a\0b", "X: a\r"].map((line) => post(site, ["Content-Length: 0", line], "")),
  ),
];
