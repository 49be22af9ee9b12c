import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { DECODING, PAUSED, PONGS_UNREAD, ReadGate } from "../../src/client/read-gate.ts";
import { afterTest } from "./support.ts";

async function gate(): Promise<{ gate: ReadGate; paused: () => boolean }> {
  const server = createServer().listen(0, "127.0.0.1");
  afterTest(() => server.close());
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  afterTest(() => socket.destroy());
  socket.on("data", () => {});
  return { gate: new ReadGate(socket), paused: () => socket.isPaused() };
}

describe("ReadGate", () => {
  it("pauses while any reason holds", async () => {
    const { gate: it, paused } = await gate();
    it.set(PAUSED, true);
    it.set(DECODING, true);
    it.set(DECODING, true);
    expect(paused()).toBe(true);
    it.set(DECODING, false);
    expect(paused()).toBe(true);
    it.set(PAUSED, false);
    expect(paused()).toBe(false);
    it.set(PONGS_UNREAD, false);
    expect(paused()).toBe(false);
  });

  it("forgets all reasons when it is opened", async () => {
    const { gate: it, paused } = await gate();
    it.set(PAUSED, true);
    it.set(PONGS_UNREAD, true);
    it.open();
    expect(paused()).toBe(false);
    it.set(DECODING, true);
    it.set(DECODING, false);
    expect(paused()).toBe(false);
  });
});
