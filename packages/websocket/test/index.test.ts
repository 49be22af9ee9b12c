import { membersOf, staticsOf } from "@mantou/testing/members";
import { describe, expect, it } from "vitest";
import { WebSocket } from "../src/client/index.ts";
import { Connection, PerMessageDeflate, Prepared, prepareMessage } from "../src/index.ts";

describe("objects that an application holds show documented members only", () => {
  it("a connection", () => {
    const connection = new Connection({ role: "server", output: { text() {}, bytes() {} } });
    expect(membersOf(connection)).toEqual([
      "binary",
      "close",
      "closeReceived",
      "closeSent",
      "decoding",
      "fail",
      "keep",
      "next",
      "ping",
      "pong",
      "prepared",
      "queuedBytes",
      "queuedMessages",
      "receive",
      "receiveEnd",
      "reserve",
      "setLimits",
      "state",
      "text",
      "unread",
      "waiting",
    ]);
  });

  it("a prepared message and a codec", () => {
    expect(membersOf(prepareMessage("steam"))).toEqual(["frame", "plain", "size", "whenReady"]);
    expect(staticsOf(Prepared)).toEqual([]);
    const params = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    expect(membersOf(new PerMessageDeflate("server", params))).toEqual([
      "close",
      "decode",
      "decodeInPool",
      "encode",
      "encodeInPool",
      "forget",
      "preparedWindowBits",
      "rsv1",
    ]);
  });

  it("a client's WebSocket", () => {
    expect(membersOf(WebSocket.prototype, EventTarget.prototype)).toEqual([
      "CLOSED",
      "CLOSING",
      "CONNECTING",
      "OPEN",
      "binaryType",
      "bufferedAmount",
      "close",
      "extensions",
      "isPaused",
      "onclose",
      "onerror",
      "onmessage",
      "onopen",
      "pause",
      "ping",
      "pong",
      "protocol",
      "readyState",
      "resume",
      "send",
      "terminate",
      "url",
    ]);
    expect(staticsOf(WebSocket)).toEqual(["CLOSED", "CLOSING", "CONNECTING", "OPEN"]);
  });
});
