import { Buffer } from "node:buffer";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Outbox } from "../src/outbox.ts";
import { Transport, type TransportHandler } from "../src/transport.ts";
import { RawClient } from "./support/raw-client.ts";
import { until } from "./support/wait.ts";
import { spyWrites } from "./support/write-spy.ts";

const HANDLER: TransportHandler = { onBytes() {}, onEnd() {}, onClose() {} };

let listening: net.Server | null = null;
afterEach(() => listening?.close());

/** An outbox on a real connection, its client, and the writes that it makes. */
async function open(): Promise<{ outbox: Outbox; client: RawClient; writes: { bytes: string }[] }> {
  let transport: Transport | null = null;
  const server = net.createServer((socket) => {
    transport = new Transport(socket, () => HANDLER);
  });
  listening = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const client = new RawClient(net.connect(port, "127.0.0.1"));
  await until(() => transport !== null, "a connection");
  return { outbox: new Outbox(transport!), client, writes: spyWrites({ port }) };
}

describe("an outbox", () => {
  it("writes nothing before it is flushed, then everything in order in one write", async () => {
    const { outbox, client, writes } = await open();
    outbox.text("one ");
    outbox.bytes(Buffer.from("two "));
    outbox.bytes(Buffer.alloc(5000, "3"));
    outbox.text(" four ");
    outbox.bytes(Uint8Array.of(0xff, 0x00));
    expect(outbox.size).toBe(4 + 4 + 5000 + 6 + 2);
    expect(writes).toEqual([]);
    outbox.flush();
    expect(outbox.size).toBe(0);
    const expected = `one two ${"3".repeat(5000)} four \xff\x00`;
    expect((await client.bytes(expected.length)).toString("latin1")).toBe(expected);
    expect(writes.length).toBe(1);
  });

  it("writes nothing at all when there is nothing", async () => {
    const { outbox, client, writes } = await open();
    outbox.flush();
    outbox.text("");
    outbox.bytes(new Uint8Array(0));
    outbox.flush();
    expect(writes).toEqual([]);
    expect(client.receivedBytes).toBe(0);
  });

  it("does not wait for the flush when there is much", async () => {
    const { outbox, client, writes } = await open();
    for (let i = 0; i < 100; i++) outbox.text("x".repeat(1000));
    expect(writes.length).toBeGreaterThan(0);
    expect(outbox.size).toBeLessThan(65 * 1024);
    outbox.bytes(Buffer.alloc(100_000, "y"));
    expect(outbox.size).toBe(0);
    const expected = "x".repeat(100_000) + "y".repeat(100_000);
    expect((await client.bytes(expected.length)).toString()).toBe(expected);
  });

  it("keeps small pieces as they were, whatever becomes of their memory", async () => {
    const { outbox, client } = await open();
    const memory = Buffer.from("before");
    outbox.bytes(memory);
    memory.fill("x");
    outbox.flush();
    expect((await client.bytes(6)).toString()).toBe("before");
  });

  it("bears that the client has gone", async () => {
    const { outbox, client } = await open();
    client.abort();
    await until(() => client.closed, "gone");
    for (let i = 0; i < 10; i++) {
      outbox.text("lost");
      outbox.bytes(Buffer.alloc(5000));
      outbox.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(outbox.size).toBe(0);
  });
});
