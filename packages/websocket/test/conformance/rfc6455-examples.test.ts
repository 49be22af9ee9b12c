/** Everything that RFC 6455 shows as bytes or header fields. */
import { describe, expect, it } from "vitest";
import { acceptKey, checkUpgrade } from "../../src/index.ts";
import { feed, feedEveryWay, hex, side } from "../support.ts";

describe("§1.3, §4.2.2: the opening handshake", () => {
  it("§1.3: the example's key has the example's Sec-WebSocket-Accept", () => {
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("§1.2, §4.2.1: the example's request is accepted", () => {
    const fields = new Map([
      ["host", "server.example.com"],
      ["upgrade", "websocket"],
      ["connection", "Upgrade"],
      ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["origin", "http://example.com"],
      ["sec-websocket-protocol", "chat, superchat"],
      ["sec-websocket-version", "13"],
    ]);
    const request = { method: "GET", versionMinor: 1, header: (name: string) => fields.get(name) ?? null };
    expect(checkUpgrade(request)).toMatchObject({ ok: true, protocols: ["chat", "superchat"] });
    fields.set("sec-websocket-version", "25");
    expect(checkUpgrade(request), "§4.4").toMatchObject({ ok: false, status: 426 });
  });
});

describe("§5.7: the examples", () => {
  it.each([
    ["a text, unmasked", "client", "81 05 48 65 6c 6c 6f", ['text "Hello"']],
    ["a text, masked", "server", "81 85 37 fa 21 3d 7f 9f 4d 51 58", ['text "Hello"']],
    ["a text in two fragments", "client", "01 03 48 65 6c 80 02 6c 6f", ['text "Hello"']],
    ["a ping", "client", "89 05 48 65 6c 6c 6f", ["ping 48656c6c6f"]],
    ["a pong, masked", "server", "8a 85 37 fa 21 3d 7f 9f 4d 51 58", ["pong 48656c6c6f"]],
  ] as const)("%s", (_name, role, digits, expected) => {
    expect(feedEveryWay(role, hex(digits)).events).toEqual(expected);
  });

  it.each([
    ["256 bytes", "82 7e 0100", 256],
    ["64 KiB", "82 7f 0000000000010000", 65536],
  ])("%s of binary", (_name, header, length) => {
    const payload = Buffer.alloc(length, 0xc5);
    const { events } = feed("client", [Buffer.concat([hex(header), payload])]);
    expect(events[0] === `binary ${payload.toString("hex")}`).toBe(true);
    const { connection, sink } = side("server");
    connection.binary(payload);
    expect(sink.flush().subarray(0, hex(header).length)).toEqual(hex(header));
  });
});
