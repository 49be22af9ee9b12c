import { Buffer } from "node:buffer";
import net from "node:net";
import { connectSecurely, RawClient, request } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SocketTransport } from "../../src/socket/socket-transport.ts";
import type { Transport, TransportHandler } from "../../src/socket/transport.ts";
import { COPIED_BYTES, WriteQueue } from "../../src/socket/write-queue.ts";
import { runs } from "../support/runs.ts";
import { startInternal } from "../support/servers.ts";
import { spyWrites } from "../support/write-spy.ts";

const HANDLER: TransportHandler = { onBytes() {}, onEnd() {}, onClose() {} };

let listening: net.Server | null = null;
afterEach(() => listening?.close());

interface Opened {
  readonly writeQueue: WriteQueue;
  readonly transport: Transport;
  readonly client: RawClient;
  readonly writes: { bytes: string }[];
}

/** A write queue on a real connection, its client, and the writes that it makes. */
async function open(): Promise<Opened> {
  let transport: Transport | null = null;
  const server = net.createServer((socket) => {
    transport = new SocketTransport(socket, () => HANDLER);
  });
  listening = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const client = new RawClient(net.connect(port, "127.0.0.1"));
  await until(() => transport !== null, "a connection");
  return {
    writeQueue: new WriteQueue(transport!),
    transport: transport!,
    client,
    writes: spyWrites({ port }),
  };
}

describe("a write queue", () => {
  it("takes its buffer again when a write has ended in a later turn, as all of TLS do", async () => {
    const client = connectSecurely(
      startInternal({ tls: { key, cert }, fetch: () => new Response(new Uint8Array(2000).fill(120)) }),
    );
    const allocate = vi.spyOn(Buffer, "allocUnsafeSlow");
    for (let i = 0; i < 40; i++)
      expect((await client.write(request("GET /")).response()).text).toBe("x".repeat(2000));
    const sizes = allocate.mock.calls.map(([size]) => size);
    allocate.mockRestore();
    expect(sizes.filter((size) => size === 80 * 1024).length).toBeLessThanOrEqual(2);
  });

  it("writes nothing before it is flushed, then everything in order in one write", async () => {
    const { writeQueue, client, writes } = await open();
    writeQueue.text("one ");
    writeQueue.bytes(Buffer.from("two "));
    writeQueue.bytes(Buffer.alloc(5000, "3"));
    writeQueue.text(" four ");
    writeQueue.bytes(Uint8Array.of(0xff, 0x00));
    expect(writeQueue.size).toBe(4 + 4 + 5000 + 6 + 2);
    expect(writes).toEqual([]);
    writeQueue.flush();
    expect(writeQueue.size).toBe(0);
    const expected = `one two ${"3".repeat(5000)} four \xff\x00`;
    expect((await client.bytes(expected.length)).toString("latin1")).toBe(expected);
    expect(writes.length).toBe(1);
  });

  it("writes nothing at all when there is nothing", async () => {
    const { writeQueue, client, writes } = await open();
    writeQueue.flush();
    writeQueue.text("");
    writeQueue.bytes(new Uint8Array(0));
    writeQueue.flush();
    expect(writes).toEqual([]);
    expect(client.receivedBytes).toBe(0);
  });

  it("does not wait for the flush when there is much", async () => {
    const { writeQueue, client, writes } = await open();
    for (let i = 0; i < 100; i++) writeQueue.text("x".repeat(1000));
    expect(writes.length).toBeGreaterThan(0);
    expect(writeQueue.size).toBeLessThan(65 * 1024);
    writeQueue.bytes(Buffer.alloc(100_000, "y"));
    expect(writeQueue.size).toBe(0);
    const expected = "x".repeat(100_000) + "y".repeat(100_000);
    expect((await client.bytes(expected.length)).toString()).toBe(expected);
  });

  it.each([
    6,
    256,
    257,
    COPIED_BYTES,
  ])("keeps a piece of %i bytes as it was, whatever becomes of its memory", async (size) => {
    const { writeQueue, client } = await open();
    const memory = Buffer.alloc(size, "b");
    writeQueue.bytes(memory);
    memory.fill("x");
    writeQueue.flush();
    expect((await client.bytes(size)).toString()).toBe("b".repeat(size));
  });

  it("writes any texts and pieces in order, in no more writes than there must be", async () => {
    const size = fc.oneof(fc.nat(300), fc.nat(5_000), fc.nat(20_000), fc.integer({ min: 3_900, max: 4_200 }));
    const sent = fc.oneof(
      fc.record({ kind: fc.constantFrom("text", "bytes"), size }),
      fc.record({ kind: fc.constant("text"), size: fc.integer({ min: 15_000, max: 16_400 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(sent, { maxLength: 30 }), { maxLength: 4 }), async (turns) => {
        const { writeQueue, client, writes } = await open();
        let expected = "";
        let n = 0;
        for (const turn of turns) {
          for (const { kind, size } of turn) {
            const text = String.fromCharCode(0x61 + (n++ % 26)).repeat(size);
            expected += text;
            if (kind === "text") writeQueue.text(text);
            else writeQueue.bytes(Buffer.from(text));
          }
          writeQueue.flush();
        }
        expect((await client.bytes(expected.length)).toString("latin1") === expected).toBe(true);
        // Long texts do not wait.
        const long = turns.flat().filter(({ kind, size }) => kind === "text" && size >= 16 * 1024).length;
        expect(writes.length).toBeLessThanOrEqual(turns.length + long + expected.length / (64 * 1024));
        client.abort();
        listening?.close();
        vi.restoreAllMocks();
      }),
      runs(50),
    );
  });

  it.each([8_000, 12_000, 16_383])("loses nothing of a text of %i that ends what it keeps", async (size) => {
    const { writeQueue, client } = await open();
    let expected = "";
    for (let letter = 0; letter < 15; letter++) {
      const piece = Buffer.alloc(4096, 0x61 + letter);
      writeQueue.bytes(piece);
      expected += piece.toString();
    }
    for (const text of ["y".repeat(3000), "z".repeat(size), "end"]) {
      writeQueue.text(text);
      expected += text;
    }
    writeQueue.flush();
    expect((await client.bytes(expected.length)).toString() === expected).toBe(true);
  });

  it("keeps what a slow client is to get, whatever other clients are sent meanwhile", async () => {
    const slow = await open();
    slow.client.socket.pause();
    let expected = "";
    // More than the operating system takes at once.
    for (let n = 0; slow.transport.buffered === 0 || n % 100 !== 0; n++) {
      const piece = Buffer.alloc(COPIED_BYTES, `${n} `);
      expected += piece.toString();
      slow.writeQueue.bytes(piece);
      if (n % 7 === 0) slow.writeQueue.flush();
    }
    slow.writeQueue.flush();
    vi.restoreAllMocks();
    const other = await open();
    for (let n = 0; n < 100; n++) other.writeQueue.bytes(Buffer.alloc(COPIED_BYTES, "other"));
    other.writeQueue.flush();
    await other.client.bytes(100 * COPIED_BYTES);
    slow.client.socket.resume();
    expect((await slow.client.bytes(expected.length)).toString() === expected).toBe(true);
  });

  it("bears that the client has gone", async () => {
    const { writeQueue, client } = await open();
    client.abort();
    await until(() => client.closed, "gone");
    for (let i = 0; i < 10; i++) {
      writeQueue.text("lost");
      writeQueue.bytes(Buffer.alloc(5000));
      writeQueue.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(writeQueue.size).toBe(0);
  });
});
