import { describe, expect, it } from "vitest";
import { IDENTITY, type MessageCodec } from "../src/message-codec.ts";
import { feed, feedEveryWay, receive, side, wire } from "./support.ts";

/** Turns messages of at least 3 bytes around, and puts a byte before them; a stand-in for compression. */
const REVERSE: MessageCodec = {
  rsv1: true,
  decode(payload, maxBytes) {
    if (payload[0] !== 0x52) return "UNDECODABLE";
    if (payload.length - 1 > maxBytes) return "MESSAGE_TOO_BIG";
    return Buffer.from(payload.subarray(1).toReversed());
  },
  encode(message) {
    return message.length < 3 ? null : Uint8Array.of(0x52, ...message.toReversed());
  },
};

const options = { codec: REVERSE };
const reversed = (text: string) => Buffer.from(`R${[...text].reverse().join("")}`);

describe("a negotiated codec", () => {
  it("decodes the messages that RSV1 marks, and only those", () => {
    const encoded = Buffer.from(Buffer.from("é€").toReversed());
    const bytes = wire(
      "client",
      { opcode: 1, rsv: 4, payload: Buffer.concat([Buffer.from("R"), encoded]) },
      { opcode: 1, payload: Buffer.from("plain") },
      { opcode: 2, rsv: 4, fin: false, payload: Buffer.from("R") },
      { opcode: 9 },
      { opcode: 0, payload: Buffer.from([3, 2, 1]) },
    );
    expect(feedEveryWay("server", bytes, options).events).toEqual([
      'text "é€"',
      'text "plain"',
      "ping ",
      "binary 010203",
    ]);
  });

  it.each([
    ["cannot be decoded", Buffer.from("nonsense"), "error UNDECODABLE"],
    ["becomes too big", Buffer.from("R123456"), "error MESSAGE_TOO_BIG"],
    ["does not become UTF-8", Buffer.from([0x52, 0x80, 0x80]), "error TEXT_UTF8"],
  ])("fails the connection when a message %s", (_name, payload, error) => {
    const small: MessageCodec = { ...REVERSE, decode: (whole) => REVERSE.decode(whole, 5) };
    const received = feed("server", [wire("client", { opcode: 1, rsv: 4, payload })], { codec: small });
    expect([received.events, received.state]).toEqual([[error], "failed"]);
  });

  it("gets the limit on messages", () => {
    let peerEvents = 0;
    const codec: MessageCodec = {
      ...REVERSE,
      decode(_payload, maxBytes) {
        peerEvents = maxBytes;
        return Buffer.alloc(0);
      },
    };
    feed("server", [wire("client", { opcode: 2, rsv: 4 })], { codec, limits: { messageBytes: 77 } });
    expect(peerEvents).toBe(77);
  });

  it.each(["server", "client"] as const)("encodes what a %s sends, unless it declines", (role) => {
    const { connection, sink } = side(role, { codec: REVERSE, maskKey: () => 0x3d21fa37 });
    connection.text("abc");
    connection.text("ab");
    connection.binary(Buffer.from("xyz"));
    connection.ping(Buffer.from("ping"));
    expect(sink.flush()).toEqual(
      wire(
        role,
        { opcode: 1, rsv: 4, payload: reversed("abc") },
        { opcode: 1, payload: Buffer.from("ab") },
        { opcode: 2, rsv: 4, payload: reversed("xyz") },
        { opcode: 9, payload: Buffer.from("ping") },
      ),
    );
  });

  it("carries text and bytes from end to end", () => {
    const [client, server] = [side("client", options), side("server", options)];
    client.connection.text("Grüße");
    client.connection.binary(Buffer.from([1, 2, 3, 4]));
    expect(receive(server.connection, client.sink.flush())).toEqual([
      { type: "text", text: "Grüße" },
      { type: "binary", bytes: Buffer.from([1, 2, 3, 4]) },
    ]);
  });
});

describe("IDENTITY", () => {
  it("has no use for RSV1, so the decoder refuses it", () => {
    expect(IDENTITY.rsv1).toBe(false);
    const bytes = wire("client", { opcode: 1, rsv: 4 });
    expect(feed("server", [bytes], { codec: IDENTITY }).events).toEqual(["error RESERVED_BITS"]);
  });

  it("declines to encode, and could not decode", () => {
    expect(IDENTITY.encode(Buffer.from("abc"))).toBeNull();
    expect(IDENTITY.decode(Buffer.from("abc"), 100)).toBe("UNDECODABLE");
  });
});
