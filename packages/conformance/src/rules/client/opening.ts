import { Buffer } from "node:buffer";
import { formatExtensions } from "@mantou/websocket";
import { wrongDeflate } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { ACCEPT } from "../../exchange/run-reply.ts";
import { isClosed } from "../judges.ts";
import { hasOtherCase } from "../websocket/parameters.ts";
import { opening } from "./frames.ts";
import { type ClientRule, describeFrames, eventsOf, fails, isCanary } from "./judges.ts";
import { applies, needsDeflate, response } from "./websocket-replies.ts";

const valid = opening().toString("latin1");
/** Responses in which one line is replaced. */
const replacing = (name: string, lines: readonly string[]) =>
  fc.constantFrom(...lines).map((line) => response(valid.replace(new RegExp(`^${name}: .*\r\n`, "m"), line)));

/** The response with its three field lines in this order. */
function reordered(text: string, order: readonly number[]): string {
  const [status, ...lines] = text.trimEnd().split("\r\n");
  return [status, ...order.map((i) => lines[i]), "", ""].join("\r\n");
}

const FAILS = "the end of the connection, or of the call, and no pong";

/** RFC 6455 §4.1, RFC 7692 §7.1: the opening handshake of a client. */
export const clientOpening: readonly ClientRule[] = (
  [
    {
      id: "rfc6455/4.1/client-accept",
      level: "must",
      section: "RFC 6455 §4.1",
      security: true,
      says: "Without the Sec-WebSocket-Accept that its key demands a client fails the connection.",
      arbitrary: () =>
        replacing("Sec-WebSocket-Accept", [
          "",
          "Sec-WebSocket-Accept: \r\n",
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
          `Sec-WebSocket-Accept: ${ACCEPT}x\r\n`,
        ]),
      judge: fails(FAILS),
      mostRuns: 4,
    },
    {
      id: "rfc6455/4.1/client-upgrade",
      level: "must",
      section: "RFC 6455 §4.1",
      says: "Without Upgrade: websocket in the response a client fails the connection.",
      arbitrary: () => replacing("Upgrade", ["", "Upgrade: x\r\n", "Upgrade: websockets\r\n"]),
      judge: fails(FAILS),
      mostRuns: 3,
    },
    {
      id: "rfc6455/4.1/client-connection",
      level: "must",
      section: "RFC 6455 §4.1",
      says: "Without Connection: upgrade in the response a client fails the connection.",
      arbitrary: () => replacing("Connection", ["", "Connection: x\r\n", "Connection: upgrades\r\n"]),
      judge: fails(FAILS),
      mostRuns: 3,
    },
    {
      id: "rfc6455/4.1/client-status",
      level: "must",
      section: "RFC 6455 §4.1",
      says: "A response other than 101 opens no WebSocket.",
      arbitrary: () =>
        fc
          .constantFrom("200 OK", "100 Continue", "201 Created", "400 Bad Request", "426 Upgrade Required")
          .map((status) => response(valid.replace("101 Switching Protocols", status))),
      // What such a response is to HTTP, its content or an interim one, may be waited for.
      judge: ([outcome], { exchanges }) =>
        eventsOf(outcome!, exchanges[0]!).some(isCanary)
          ? { due: "no pong", got: describeFrames(outcome!, exchanges[0]!) }
          : null,
      mostRuns: 5,
    },
    {
      id: "rfc6455/4.1/client-protocol",
      level: "must",
      section: "RFC 6455 §4.1",
      says: "A subprotocol that was not offered fails the connection.",
      arbitrary: () => fc.constant(response(opening(["Sec-WebSocket-Protocol: x"]))),
      judge: fails(FAILS),
      mostRuns: 1,
    },
    {
      id: "rfc6455/4.1/client-extension",
      level: "must",
      section: "RFC 6455 §4.1, §9.1",
      says: "An extension that was not offered fails the connection.",
      arbitrary: () =>
        fc
          .constantFrom("x", "permessage-deflate, x", "permessage-deflatex")
          .map((value) => response(opening([`Sec-WebSocket-Extensions: ${value}`]))),
      judge: fails(FAILS),
      mostRuns: 3,
    },
    {
      id: "rfc7692/7.1/client-parameters",
      level: "must",
      section: "RFC 7692 §7.1",
      says: "A response with an unknown, repeated or invalid parameter of permessage-deflate fails the connection.",
      applies: needsDeflate,
      arbitrary: () =>
        wrongDeflate("server")
          .filter((extension) => !hasOtherCase(extension))
          .map((extension) =>
            response(opening([`Sec-WebSocket-Extensions: ${formatExtensions([extension])}`])),
          ),
      judge: fails(FAILS),
      mostRuns: 40,
    },
    {
      id: "rfc6455/7.1.7/client-tcp-closed",
      level: "must",
      section: "RFC 6455 §7.1.7, §7.1.1",
      says: "A client that refuses the response of a server closes the TCP connection.",
      debatable: "The RFC lets a client wait for the server to close first, and names no time (§7.1.1).",
      arbitrary: () =>
        fc.oneof(
          replacing("Sec-WebSocket-Accept", [""]),
          replacing("Upgrade", [""]),
          fc.constant(response(opening(["Sec-WebSocket-Protocol: x"]))),
        ),
      judge: ([outcome], { exchanges }) =>
        // One that does not refuse it breaks another rule.
        isClosed(outcome!) || eventsOf(outcome!, exchanges[0]!).some(isCanary)
          ? null
          : { due: "the end of the connection", got: describeFrames(outcome!, exchanges[0]!) },
      mostRuns: 3,
    },
    {
      id: "rfc6455/4.1/client-field-grammar",
      level: "must",
      section: "RFC 6455 §4.1",
      says: "A valid response opens the WebSocket: names and tokens in any case, fields in any order, bytes in any packets.",
      arbitrary: () =>
        fc
          .tuple(
            fc.constantFrom(
              valid,
              valid.toLowerCase().replace("http/1.1", "HTTP/1.1"),
              valid.replace("websocket", "WebSocket"),
              valid.replace("Connection: Upgrade", "Connection: keep-alive, UPGRADE"),
            ),
            fc.constantFrom([0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]),
            fc.array(fc.nat(valid.length), { maxLength: 3 }),
          )
          .map(([text, order, cuts]) => response(reordered(text, order), cuts)),
      judge: ([outcome], { exchanges }) =>
        eventsOf(outcome!, exchanges[0]!).some(isCanary)
          ? null
          : { due: "the pong to the ping", got: describeFrames(outcome!, exchanges[0]!) },
    },
    {
      id: "rfc6455/4.1/client-request",
      level: "must",
      section: "RFC 6455 §4.1",
      says: "The handshake of a client is a GET with Host, Upgrade, Connection, the version 13 and a key of 16 bytes in base64.",
      arbitrary: () => fc.constant(response(valid)),
      judge: ([outcome]) => {
        const text = Buffer.from(outcome!.received).toString("latin1");
        const parts = [
          /^GET \S+ HTTP\/1\.1\r\n/,
          /^host: *\S+\r$/im,
          /^upgrade: *websocket\r$/im,
          /^connection:.*\bupgrade\b.*\r$/im,
          /^sec-websocket-version: *13\r$/im,
          /^sec-websocket-key: *[A-Za-z0-9+/]{21}[AQgw]==\r$/im,
        ];
        const missing = parts.find((part) => !part.test(text));
        return missing === undefined ? null : { due: `a line like ${missing.source}`, got: "no such line" };
      },
      mostRuns: 1,
    },
  ] satisfies readonly ClientRule[]
).map((rule) => ({ applies, ...rule }));
