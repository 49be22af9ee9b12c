import { Buffer } from "node:buffer";
import { acceptKey } from "@mantou/websocket";
import { writeFrame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { field, listOf } from "../../exchange/exchange.ts";
import { exchange, head } from "../requests.ts";
import type { Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { bytesOf, CANARY_PONG, canaryFrame, handshake, offering, UPGRADE_LINES } from "./frames.ts";
import { NONE, withLines } from "./handshakes.ts";
import { describe, isCanary, judged, opens } from "./judges.ts";
import { received } from "./received.ts";

/** RFC 6455 §4.2, RFC 9110 §7.8: what a handshake gets, however it is written. */
export const openingResponse: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/4.2.2/accept",
    level: "must",
    section: "RFC 6455 §4.2.2",
    says: "The 101 has Upgrade: websocket, Connection: upgrade, and the Sec-WebSocket-Accept that the key demands.",
    arbitrary: (site) =>
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
        const key = Buffer.from(bytes).toString("base64");
        return withLines(site, { "Sec-WebSocket-Key": [`Sec-WebSocket-Key: ${key}`] });
      }),
    judge: (outcomes, { exchanges }) => {
      const text = Buffer.from(exchanges[0]!.pieces[0]!.bytes).toString("latin1");
      const key = /^Sec-WebSocket-Key: (\S+)\r$/m.exec(text)?.[1] ?? "";
      const due = `101 with Upgrade: websocket, Connection: upgrade and Sec-WebSocket-Accept: ${acceptKey(key)}`;
      const [response] = outcomes[0]!.responses;
      const isRight =
        response?.status === 101 &&
        field(response, "upgrade")?.toLowerCase() === "websocket" &&
        listOf(response, "connection")
          .split(",")
          .some((option) => option.trim().toLowerCase() === "upgrade") &&
        field(response, "sec-websocket-accept") === acceptKey(key);
      if (isRight) return null;
      return {
        due,
        got: `${describe(outcomes[0]!)}; Sec-WebSocket-Accept: ${response === undefined ? null : field(response, "sec-websocket-accept")}`,
      };
    },
  },
  {
    id: "rfc6455/4.2.1/field-grammar",
    level: "must",
    section: "RFC 6455 §4.2.1, RFC 9110 §5.1, §5.5",
    says: "The fields of a handshake come in any order, with names in any case and white space around their values.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.shuffledSubarray([`Host: ${site.host}`, ...UPGRADE_LINES], { minLength: 5 }),
          fc.constantFrom("as it is", "upper", "lower"),
          fc.constantFrom(": ", ":", ":  ", ":\t"),
          fc.constantFrom("", " ", "\t"),
        )
        .map(([lines, letters, colon, behind]) => {
          const written = lines.map((line) => {
            const at = line.indexOf(":");
            const name = line.slice(0, at);
            const own =
              letters === "upper" ? name.toUpperCase() : letters === "lower" ? name.toLowerCase() : name;
            return `${own}${colon}${line.slice(at + 2)}${behind}`;
          });
          return offering(head(`GET ${site.path} HTTP/1.1`, written), "GET");
        }),
    judge: opens("101"),
    mostRuns: 60,
  },
  {
    id: "rfc6455/4.2.1/any-cut",
    level: "must",
    section: "RFC 6455 §4.2.1, RFC 9112 §2.2",
    says: "A handshake opens a WebSocket however its bytes are cut into packets.",
    arbitrary: (site) =>
      fc.uniqueArray(fc.nat(9999), { minLength: 1, maxLength: 3 }).map((fractions) => {
        const bytes = bytesOf(handshake(site));
        const cuts = fractions
          .map((n) => 1 + Math.floor(((bytes.length - 2) * n) / 10_000))
          .sort((a, b) => a - b);
        const ends = [...cuts, bytes.length];
        const pieces = ends.map((end, i) => ({
          bytes: bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end),
          after: "turn" as const,
        }));
        return { exchanges: [{ ...exchange("", ["GET"]), pieces, until: 1, upgrade: "websocket" as const }] };
      }),
    judge: opens("101"),
    mostRuns: 40,
  },
  {
    id: "rfc9110/7.8/content-before-switch",
    level: "must",
    section: "RFC 9110 §7.8, RFC 9112 §6.3",
    security: true,
    says: "Content of a handshake belongs to the request: it is not read as frames.",
    arbitrary: (site) =>
      fc.boolean().map((isChunked) => {
        const content = Buffer.from(writeFrame(canaryFrame));
        const lines = isChunked ? ["Transfer-Encoding: chunked"] : [`Content-Length: ${content.length}`];
        const body = isChunked
          ? Buffer.concat([bytesOf(`${content.length.toString(16)}\r\n`), content, bytesOf("\r\n0\r\n\r\n")])
          : content;
        return {
          exchanges: [
            {
              pieces: [
                { bytes: Buffer.concat([bytesOf(handshake(site, lines)), body]), after: "turn" as const },
              ],
              methods: ["GET"],
              until: { bytes: CANARY_PONG },
              halfClose: false,
              upgrade: "websocket" as const,
            },
          ],
        };
      }),
    judge: judged("a refusal, or a WebSocket on which nothing was sent", ([outcome]) => {
      const events = received(outcome!)?.events ?? [];
      return events.every((event) => !isCanary(event) && event.type !== "close");
    }),
    mostRuns: 4,
  },
  {
    id: "rfc9110/15.5.22/upgrade",
    level: "must",
    section: "RFC 9110 §15.5.22",
    says: "A 426 says in Upgrade which protocol is required.",
    arbitrary: (site) =>
      fc
        .constantFrom<Readonly<Record<string, readonly string[]>>>(
          { "Sec-WebSocket-Version": ["Sec-WebSocket-Version: 12"] },
          { Upgrade: NONE },
          { Upgrade: NONE, Connection: NONE },
          { "Sec-WebSocket-Version": NONE },
        )
        .map((lines) => withLines(site, lines)),
    judge: judged("Upgrade in each 426", ([outcome]) => {
      const [response] = outcome!.responses;
      return response?.status !== 426 || field(response, "upgrade") !== null;
    }),
    mostRuns: 8,
  },
];
