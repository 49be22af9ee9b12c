import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
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

  it("joins the data that waits behind a write, in order, however many turns it was sent in", async () => {
    const { near, far, received } = await pair();
    far.pause();
    let payload = 0;
    const outbox = new Outbox(near, (taken) => {
      payload += taken;
    });
    let expected = "";
    let counted = 0;
    const send = (text: string): void => {
      outbox.text(text);
      outbox.count(1);
      counted++;
      outbox.flush();
      expected += text;
    };
    send("x".repeat(16 * 1024 * 1024));
    for (let n = 0; n < 30_000; n++) send(`\x81\x01${String.fromCharCode(n & 255)}`);
    outbox.bytes(big);
    expected += big.toString("latin1");
    send("end");
    const write = vi.spyOn(near, "write");
    far.resume();
    await until(
      () => received().length === expected.length && payload === counted,
      "all received and counted",
    );
    expect(received() === expected).toBe(true);
    expect(write.mock.calls.length).toBeLessThan(100);
    expect(outbox.taken).toBe(expected.length);
  });

  it("writes at once beyond 64 KiB, and by flush", async () => {
    for (const size of [64 * 1024, 64 * 1024 + 1]) {
      const { near } = await pair();
      const outbox = new Outbox(near, () => {});
      outbox.text("x".repeat(size));
      outbox.schedule();
      const early = size > 64 * 1024;
      expect([near.bytesWritten, outbox.congested]).toEqual([early ? size : 0, early]);
      outbox.flush();
      expect([near.bytesWritten, outbox.congested]).toEqual([size, true]);
      await until(() => outbox.taken === size, "taken");
      expect(outbox.congested).toBe(false);
    }
  });

  it("reports taken bytes only when they were taken, in portions", async () => {
    const { near, far, received } = await pair();
    far.pause();
    let taken = 0;
    const seen: number[] = [];
    const outbox = new Outbox(near, (payload) => {
      taken += payload;
      seen.push(payload);
    });
    let drained = false;
    outbox.bytes(Buffer.alloc(32 << 20, "a"));
    outbox.count(32 << 20);
    outbox.flush();
    outbox.whenDrained(() => {
      drained = true;
    });
    outbox.text("b");
    outbox.bytes(Buffer.alloc(1 << 20, "c"));
    outbox.count(1);
    outbox.end();
    await until(() => near.writableLength > 0, "backpressure");
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(32 << 20);
    // All but a portion waits where it can be seen.
    expect(near.writableLength).toBeLessThan(1 << 20);
    expect(outbox.taken).toBeLessThan(32 << 20);
    far.resume();
    await once(far, "end");
    expect([taken, drained, outbox.taken]).toEqual([(32 << 20) + 1, true, (33 << 20) + 1]);
    expect(Math.max(...seen)).toBe(256 * 1024);
    expect(received() === `${"a".repeat(32 << 20)}b${"c".repeat(1 << 20)}`).toBe(true);
  });

  it("joins flushes while the socket is busy, and reports all of them", async () => {
    const { near, far, received } = await pair();
    far.pause();
    let taken = 0;
    const outbox = new Outbox(near, (payload) => {
      taken += payload;
    });
    outbox.bytes(Buffer.alloc(32 << 20, "a"));
    outbox.flush();
    await until(() => near.writableLength > 0, "backpressure");
    let expected = "";
    for (let i = 0; i < 20_000; i++) {
      const message = `<${i}>`;
      expected += message;
      if (i % 2 === 0) outbox.text(message);
      else outbox.bytes(Buffer.from(message));
      outbox.count(1);
      outbox.flush();
    }
    outbox.end();
    far.resume();
    await once(far, "end");
    expect(received().slice(32 << 20) === expected).toBe(true);
    expect(taken).toBe(20_000);
  });

  it("drops data that can never be written, and does not report it as taken", async () => {
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

  it("does not report data as taken that the socket could not write", async () => {
    const { near, far } = await pair();
    far.pause();
    let taken = 0;
    const outbox = new Outbox(near, (payload) => {
      taken += payload;
    });
    outbox.bytes(Buffer.alloc(32 << 20));
    outbox.count(32 << 20);
    outbox.flush();
    let seen = -1;
    await until(() => {
      const same = seen === taken;
      seen = taken;
      return same && near.writableLength > 0;
    }, "nothing more is taken");
    const before = [taken, outbox.taken];
    near.destroy();
    await once(near, "close");
    expect([taken, outbox.taken]).toEqual(before);
  });
});
