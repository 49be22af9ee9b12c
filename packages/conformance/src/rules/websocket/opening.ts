import fc from "fast-check";
import { listOf } from "../../exchange/exchange.ts";
import { mildFields } from "../requests.ts";
import type { Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { KEY } from "./frames.ts";
import { NONE, replacing, withLines } from "./handshakes.ts";
import { judged, opens, refuses } from "./judges.ts";

/** RFC 6455 §4.2.1: what is no handshake of a WebSocket. */
export const opening: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/4.2.1/method",
    level: "must",
    section: "RFC 6455 §4.2.1",
    says: "Only a GET opens a WebSocket.",
    arbitrary: (site) =>
      fc
        .constantFrom("PUT", "POST", "HEAD", "get", "OPTIONS", "DELETE", "PATCH")
        .map((method) => withLines(site, {}, [], { method })),
    judge: refuses("no 101"),
    mostRuns: 7,
  },
  {
    id: "rfc6455/4.2.1/http10",
    level: "must",
    section: "RFC 6455 §4.2.1, RFC 9110 §7.8",
    says: "A request of HTTP/1.0 opens no WebSocket.",
    arbitrary: (site) => mildFields.map((mild) => withLines(site, {}, mild, { minor: 0 })),
    judge: refuses("no 101"),
    mostRuns: 10,
  },
  {
    id: "rfc6455/4.2.1/host",
    level: "must",
    section: "RFC 6455 §4.2.1, RFC 9112 §3.2",
    says: "A handshake without Host opens no WebSocket.",
    arbitrary: (site) => mildFields.map((mild) => withLines(site, { Host: NONE }, mild)),
    judge: refuses("no 101"),
    mostRuns: 10,
  },
  {
    id: "rfc6455/4.2.1/upgrade",
    level: "must",
    section: "RFC 6455 §4.2.1",
    says: "A handshake whose Upgrade does not name websocket opens none.",
    arbitrary: replacing("Upgrade", [
      NONE,
      "x",
      "websockets",
      "web socket",
      "",
      "socket",
      "x-websocket",
      "websocket;",
    ]),
    judge: refuses("no 101"),
    mostRuns: 24,
  },
  {
    id: "rfc6455/4.2.1/upgrade-case",
    level: "must",
    section: "RFC 6455 §4.2.1",
    says: "websocket in Upgrade is read in any case.",
    arbitrary: replacing("Upgrade", ["WEBSOCKET", "WebSocket", "Websocket"]),
    judge: opens("101"),
    mostRuns: 12,
  },
  {
    id: "rfc6455/4.2.1/upgrade-list",
    level: "should",
    section: "RFC 6455 §4.2.1, RFC 9110 §7.8",
    says: "Upgrade is a list: websocket may stand among other protocols.",
    debatable:
      "RFC 6455 §4.2.1 has a value that is websocket, and only §4.1, for clients, says that it must include the word.",
    arbitrary: replacing("Upgrade", ["x, websocket", "websocket, x", "websocket,h2c", ["x", "websocket"]]),
    judge: opens("101"),
    mostRuns: 12,
  },
  {
    id: "rfc6455/4.2.1/connection",
    level: "must",
    section: "RFC 6455 §4.2.1",
    says: "A handshake whose Connection does not name upgrade opens no WebSocket.",
    arbitrary: replacing("Connection", [
      NONE,
      "keep-alive",
      "upgrades",
      "up grade",
      "no-upgrade",
      "",
      "upgrade;q=1",
    ]),
    judge: refuses("no 101"),
    mostRuns: 24,
  },
  {
    id: "rfc6455/4.2.1/connection-list",
    level: "must",
    section: "RFC 6455 §4.2.1, RFC 9110 §7.6.1",
    says: "Connection is a list: upgrade may stand among other options, in any case.",
    arbitrary: replacing("Connection", [
      "upgrade",
      "UPGRADE",
      "keep-alive, Upgrade",
      "Upgrade,keep-alive",
      "keep-alive,Upgrade , x",
      ["keep-alive", "Upgrade"],
    ]),
    judge: opens("101"),
    mostRuns: 18,
  },
  {
    id: "rfc6455/4.2.1/key",
    level: "must",
    section: "RFC 6455 §4.2.1, §11.3.1",
    says: "A handshake without one Sec-WebSocket-Key in base64 opens no WebSocket.",
    arbitrary: replacing("Sec-WebSocket-Key", [
      NONE,
      "",
      "AAAAAAAAAAAAAAAAAAAAAA",
      "AAAAAAAAAAAAAAAAAAAAAA==AAAA",
      "AAAAAAAAAAAAAAAAAAAA-_==",
      "AAAAAAAAAA AAAAAAAAAAA==",
      "!!!!!!!!!!!!!!!!!!!!!!==",
    ]),
    judge: refuses("no 101"),
    mostRuns: 30,
  },
  {
    id: "rfc6455/4.2.1/key-length",
    level: "must",
    section: "RFC 6455 §4.2.1",
    says: "A Sec-WebSocket-Key is one of 16 bytes: a handshake with another length opens no WebSocket.",
    debatable: "The RFC also says that a server need not decode the key (§4.2.2).",
    arbitrary: replacing("Sec-WebSocket-Key", [
      "AAAA",
      "AAAAAAAAAAAAAAAAAAAA",
      "AAAAAAAAAAAAAAAAAAAAAAA=",
      "AAAAAAAAAAAAAAAAAAAAAAAA",
    ]),
    judge: refuses("no 101"),
    mostRuns: 12,
  },
  {
    id: "rfc6455/11.3.1/key-twice",
    level: "must",
    section: "RFC 6455 §11.3.1, §4.2.1",
    says: "A handshake has one Sec-WebSocket-Key: with two it opens no WebSocket.",
    arbitrary: replacing("Sec-WebSocket-Key", [
      [KEY, KEY],
      [KEY, "AAAAAAAAAAAAAAAAAAAAAA=="],
    ]),
    judge: refuses("no 101"),
    mostRuns: 8,
  },
  {
    id: "rfc6455/4.2.1/version-missing",
    level: "must",
    section: "RFC 6455 §4.2.1",
    says: "A handshake without Sec-WebSocket-Version opens no WebSocket.",
    arbitrary: replacing("Sec-WebSocket-Version", [NONE]),
    judge: refuses("no 101"),
    mostRuns: 8,
  },
  {
    id: "rfc6455/4.2.2/version",
    level: "must",
    section: "RFC 6455 §4.2.2, §4.4",
    says: "A version that no server has is refused with an error that names 13 in Sec-WebSocket-Version.",
    arbitrary: replacing("Sec-WebSocket-Version", ["14", "100", "255"]),
    judge: judged("an error such as 426, and Sec-WebSocket-Version: 13", ([outcome]) => {
      const [response] = outcome!.responses;
      if (response === undefined || response.status < 400) return false;
      const versions = listOf(response, "sec-websocket-version").split(",");
      return versions.some((version) => version.trim() === "13");
    }),
    mostRuns: 18,
  },
  {
    id: "rfc6455/4.2.1/version-syntax",
    level: "must",
    section: "RFC 6455 §4.2.1, §4.3",
    says: "A version that is no number up to 255 without leading zeros opens no WebSocket.",
    arbitrary: replacing("Sec-WebSocket-Version", ["", "013", "+13", "13.0", "0x0d", "1 3", "13a", "269"]),
    judge: refuses("no 101"),
    mostRuns: 24,
  },
];
