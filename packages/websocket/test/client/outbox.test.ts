import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Outbox } from "../../src/client/outbox.ts";
import { afterTest, until } from "./support.ts";

/** Two ends of one TCP connection. */
async function pair(): Promise<{ near: Socket; far: Socket; received: () => string }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  afterTest(() => server.close());
  await once(server, "listening");
  const accepted = once(server, "connection");
  const near = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [far] = (await accepted) as [Socket];
  await until(() => !near.connecting, "connected");
  afterTest(() => {
    near.destroy();
    far.destroy();
  });
  let text = "";
  far.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  return { near, far, received: () => text };
}

const big = Buffer.alloc(2000, "b");

describe("Outbox", () => {
  it("joins everything of a turn, in order", async () => {
    const { near, received } = await pair();
    const taken: number[] = [];
    const outbox = new Outbox(near, (payload) => taken.push(payload));
    outbox.text("a\xff");
    outbox.bytes(Uint8Array.of(0x63));
    outbox.count(2);
    outbox.schedule();
    outbox.bytes(big);
    outbox.text("d");
    outbox.count(3);
    outbox.schedule();
    expect(near.bytesWritten).toBe(0);
    await until(() => taken.length === 1, "taken");
    expect(taken).toEqual([5]);
    await until(() => received().length === 2004, "received");
    expect(received()).toBe(`a\xffc${big.toString("latin1")}d`);
  });

  it("writes at once beyond 64 KiB, and when it is told to", async () => {
    const { near } = await pair();
    const outbox = new Outbox(near, () => {});
    const start = near.bytesWritten;
    outbox.text("x".repeat(64 * 1024));
    outbox.schedule();
    expect(near.bytesWritten).toBe(start);
    outbox.text("x");
    outbox.schedule();
    expect(near.bytesWritten).toBe(start + 64 * 1024 + 1);
    outbox.text("y");
    outbox.flush();
    outbox.flush();
    expect(near.bytesWritten).toBe(start + 64 * 1024 + 2);
  });

  it("says what was taken only when it was taken", async () => {
    const { near, far } = await pair();
    far.pause();
    let taken = 0;
    const outbox = new Outbox(near, (payload) => {
      taken += payload;
    });
    const megabyte = Buffer.alloc(1 << 20);
    for (let i = 0; i < 64; i++) {
      outbox.bytes(megabyte);
      outbox.count(1);
      outbox.flush();
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(64);
    far.resume();
    await until(() => taken === 64, "all taken");
  });

  it("drops what can never be written, and does not call it taken", async () => {
    const { near } = await pair();
    const taken: number[] = [];
    const outbox = new Outbox(near, (payload) => taken.push(payload));
    outbox.text("x");
    outbox.count(1);
    outbox.schedule();
    near.destroy();
    await once(near, "close");
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toEqual([]);
  });
});
