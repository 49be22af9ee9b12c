import { Buffer } from "node:buffer";
import { content, cutAt, cuts, latin1 } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import { chunkedContent } from "../contents.ts";
import { deciding, head } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";
import type { ViaFacts } from "./facts.ts";
import { arrivesWith, oneForOne } from "./judges.ts";

interface Request {
  readonly method: string;
  readonly fields: readonly string[];
  readonly wire: Uint8Array;
  readonly content: Uint8Array;
}

const EMPTY = new Uint8Array(0);

const someRequest: fc.Arbitrary<Request> = fc.oneof(
  fc.constant({ method: "GET", fields: [], wire: EMPTY, content: EMPTY }),
  content.map((bytes) => ({
    method: "POST",
    fields: [`Content-Length: ${bytes.length}`],
    wire: bytes,
    content: bytes,
  })),
  chunkedContent.map(({ wire, content }) => ({
    method: "POST",
    fields: ["Transfer-Encoding: chunked"],
    wire,
    content,
  })),
);

const get = (site: Site, fields: readonly string[], target = site.path) =>
  deciding(head(`GET ${target} HTTP/1.1`, [`Host: ${site.host}`, ...fields]), "GET");
const firstOf = (fields: readonly string[], name: string): string | undefined =>
  fields.find((_, i) => i % 2 === 1 && fields[i - 1]!.toLowerCase() === name);

/** RFC 9110 §7: what a proxy passes on. */
export const forwarding: readonly Rule<ViaFacts>[] = [
  {
    id: "rfc9110/7.6/via-one-for-one",
    level: "must",
    section: "RFC 9110 §7.6, RFC 9112 §9.3.2",
    security: true,
    says: "Each request arrives once, with its content, and each response goes to its own request.",
    arbitrary: (site) =>
      fc.tuple(fc.array(someRequest, { minLength: 1, maxLength: 4 }), cuts).map(([requests, places]) => {
        const bytes = Buffer.concat(
          requests.flatMap(({ method, fields, wire }, i) => [
            latin1(head(`${method} ${site.path}?${i} HTTP/1.1`, [`Host: ${site.host}`, ...fields])),
            wire,
          ]),
        );
        return {
          exchanges: [
            {
              pieces: cutAt(bytes, places).map((piece) => ({ bytes: piece, after: "turn" as const })),
              methods: requests.map(({ method }) => method),
              until: requests.length,
              halfClose: false,
              contents: requests.map((request) => request.content),
            },
          ],
        };
      }),
    judge: oneForOne,
    reuses: true,
  },
  {
    id: "rfc9110/7.6.1/via-connection-options",
    level: "must",
    section: "RFC 9110 §7.6.1",
    security: true,
    says: "Fields that Connection names are for the next recipient only: a proxy does not pass them on.",
    arbitrary: (site) =>
      fc
        .constantFrom("x-hop", "X-Hop", "keep-alive, x-hop", "close, X-HOP")
        .map((options) => get(site, [`Connection: ${options}`, "X-Hop: a"])),
    judge: arrivesWith("a request without X-Hop, and without it in Connection", ({ fields }) => {
      const connection = firstOf(fields, "connection") ?? "";
      return firstOf(fields, "x-hop") === undefined && !/x-hop/i.test(connection);
    }),
    mostRuns: 4,
  },
  {
    id: "rfc9110/7.7/via-target",
    level: "should",
    section: "RFC 9110 §7.7",
    says: "A proxy does not change the path and query of a target.",
    debatable: "a MUST for proxies; a gateway may have its own names for what is behind it",
    arbitrary: (site) =>
      fc
        .constantFrom(
          "a=%41",
          "a=%7e",
          "a//b",
          "a=..",
          "a?b",
          "%2f",
          "a=+",
          "a;b",
          "a='",
          "a=%00",
          "%c3%a9",
          "",
        )
        .map((query) => get(site, [], `${site.path}?${query}x`)),
    judge: ([outcome], trial, facts) => {
      const text = Buffer.from(trial.exchanges[0]!.pieces[0]!.bytes).toString("latin1");
      const target = text.split(" ")[1]!;
      return arrivesWith(`the target ${target}`, (request) => request.target.endsWith(target))(
        [outcome!],
        trial,
        facts,
      );
    },
    mostRuns: 12,
  },
  {
    id: "rfc9112/3.2.2/via-authority",
    level: "must",
    section: "RFC 9112 §3.2.2",
    security: true,
    says: "The authority of a target in absolute-form goes before Host: what arrives does not name the other one.",
    arbitrary: (site) =>
      fc.constant(
        deciding(
          head(`GET ${site.tls ? "https" : "http"}://${site.host}${site.path} HTTP/1.1`, [
            "Host: other.example",
          ]),
          "GET",
        ),
      ),
    judge: arrivesWith(
      "a Host other than other.example",
      ({ fields }) => firstOf(fields, "host") !== "other.example",
    ),
    mostRuns: 1,
  },
];
