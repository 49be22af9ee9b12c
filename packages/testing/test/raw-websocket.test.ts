import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { ACCEPT, RawWebSocket } from "../src/raw-websocket.ts";
import { clientFrame, OPCODE } from "../src/websocket-frames.ts";
import { listening } from "./support/server.ts";

/** A client of a server that responds to the handshake, and sends these bytes. */
async function receiving(bytes: Uint8Array, fields = ""): Promise<RawWebSocket> {
  const port = await listening((socket) => {
    socket.once("data", () => {
      const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n${fields}\r\n`;
      socket.write(Buffer.concat([Buffer.from(head, "latin1"), bytes]));
    });
  });
  return RawWebSocket.open({ port });
}

const unmasked = { masked: false } as const;
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

describe("a server's frames", () => {
  it.each([0, 125, 126, 65_535, 65_536])("are taken with a payload of %i bytes", async (length) => {
    const payload = Buffer.alloc(length, "a");
    const socket = await receiving(clientFrame(OPCODE.binary, payload, unmasked));
    const frame = await socket.frame();
    expect([frame.opcode, frame.payload.equals(payload)]).toEqual([OPCODE.binary, true]);
  });

  it.each([
    ["masked", clientFrame(OPCODE.text, "a"), "a server must not mask"],
    ["not final", clientFrame(OPCODE.text, "a", { ...unmasked, fin: false }), "not final"],
    ["with a reserved bit", clientFrame(OPCODE.text, "a", { ...unmasked, rsv: 1 }), "reserved bits"],
    ["of an opcode that there is not", clientFrame(3, "a", unmasked), "opcode 3"],
    ["that continues nothing", clientFrame(OPCODE.continuation, "a", unmasked), "opcode 0"],
    ["of 5 bytes, with a length of 16 bits", Buffer.from([0x81, 126, 0, 5, 1, 2, 3, 4, 5]), "least number"],
    [
      "of 5 bytes, with a length of 64 bits",
      Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 5]),
      "least number",
    ],
    ["of control, and 126 bytes", clientFrame(OPCODE.ping, "a".repeat(126), unmasked), "too long"],
    [
      "of control, and compressed",
      clientFrame(OPCODE.ping, "a", { ...unmasked, rsv: 4 }),
      "compressed control",
    ],
  ])(
    "are refused at once %s",
    async (_what, bytes, fault) => {
      const socket = await receiving(bytes, DEFLATE);
      await expect(socket.frame()).rejects.toThrow(fault);
      expect(socket.client.closed).toBe(false);
    },
    20_000,
  );

  it("are not compressed where that was not agreed upon", async () => {
    const socket = await receiving(clientFrame(OPCODE.text, "a", { ...unmasked, rsv: 4 }));
    await expect(socket.frame()).rejects.toThrow();
  }, 20_000);
});
