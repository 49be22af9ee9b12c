/** The memory that a peer can make a connection hold, and the growth of its work with the peer's bytes. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { FrameDecoder, PIECE } from "../../src/frame-decoder.ts";
import type { Connection } from "../../src/index.ts";
import { resolveLimits } from "../../src/limits.ts";
import { MessageAssembler } from "../../src/message-assembler.ts";
import { feed, peerOf, ROLES, receive, side, wire } from "../support.ts";

/** The external memory that `work` leaves in use, bytes, at most: what it returns is kept until that is measured. */
function held(work: () => unknown): number {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const kept = work();
  const after = process.memoryUsage().arrayBuffers;
  expect(kept).toBeDefined();
  return after - before;
}

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);

  it("allocates by the bytes that have come, not by those that a header announces", () => {
    const started = wire(peer, { opcode: 2, announced: 16n * 1024n * 1024n }).subarray(0, -4);
    const connections = () =>
      Array.from({ length: 100 }, () => {
        const { connection } = side(role);
        receive(connection, started);
        receive(connection, Buffer.alloc(1000));
        return connection;
      });
    // 100 × 16 MiB were announced, 100 KB have come; 16 times that is the promise of PayloadBuffer.
    expect(held(connections)).toBeLessThan(3 * 1024 * 1024);
  });

  it("holds nothing of input that it has read, nor of a message it has given away", async () => {
    const { connection } = side(role);
    const references = receiveInTwoPieces(
      connection,
      wire(peer, { opcode: 2, payload: Buffer.alloc(1_000_000) }),
    );
    expect(references).toHaveLength(3);
    expect(await collected(references)).toBe(true);
    expect(connection.state).toBe("open");
  });

  it("holds little while it is idle", () => {
    const hello = wire(peer, { opcode: 1, payload: Buffer.from("hello") });
    collectGarbage();
    const before = process.memoryUsage();
    const connections = Array.from({ length: 5000 }, () => {
      const { connection } = side(role, { output: NOWHERE });
      receive(connection, hello);
      connection.text("hi");
      return connection;
    });
    collectGarbage();
    const after = process.memoryUsage();
    // 830 bytes on Node 24 and 26, and the sink that `side` makes; not one buffer.
    expect((after.heapUsed - before.heapUsed) / connections.length).toBeLessThan(1300);
    expect((after.arrayBuffers - before.arrayBuffers) / connections.length).toBeLessThan(20);
  });

  it("holds a message of many tiny fragments in little more than its bytes", () => {
    const tiny = Array.from({ length: 16_000 }, (_, i) => ({
      opcode: i === 0 ? 2 : 0,
      fin: false,
      payload: Buffer.of(1),
    }));
    const bytes = wire(peer, ...tiny);
    const connections = () =>
      Array.from({ length: 20 }, () => {
        const { connection } = side(role);
        for (let at = 0; at < bytes.length; at += 700) receive(connection, bytes.subarray(at, at + 700));
        return connection;
      });
    // 16 KB have come to each; a list of fragments would be more than 1 MB.
    expect(held(connections) / 20).toBeLessThan(3 * 16_000);
  });

  it.each<[string, (connection: Connection) => void]>([
    ["it has failed", (connection) => connection.fail(1011)],
    ["the peer has failed", (connection) => void receive(connection, Buffer.from("ffff", "hex"))],
    ["both have closed", (connection) => void receive(connection, wire(peer, { opcode: 8 }))],
  ])("holds nothing of a message that was cut short when %s", async (_name, end) => {
    const { connection } = side(role);
    const references = receiveHalf(
      connection,
      wire(peer, { opcode: 2, fin: false, payload: Buffer.alloc(300_000) }),
    );
    end(connection);
    expect(await collected(references)).toBe(true);
    expect(["failed", "closed"]).toContain(connection.state);
  });

  it("holds no bytes behind the peer's end, which it does not read", async () => {
    for (const end of [wire(peer, { opcode: 8 }), Buffer.of(0xff, 0xff)]) {
      const { connection } = side(role);
      const reference = receiveWith(connection, Buffer.concat([end, Buffer.alloc(500_000)]));
      expect(await collected([reference])).toBe(true);
      expect(["failed", "closed"]).toContain(connection.state);
    }
  });

  it("makes one event of a message, however it came", () => {
    const payload = Buffer.alloc(20_000, "a");
    const pieces = Array.from(wire(peer, { opcode: 1, payload }), (byte) => Uint8Array.of(byte));
    expect(feed(role, pieces).events).toHaveLength(1);
  });
});

it("copies the payload a bounded number of times, byte by byte and fragment by fragment", () => {
  const limits = resolveLimits();
  const inFragments = wire(
    "server",
    ...Array.from({ length: 16_000 }, (_, i) => ({
      opcode: i === 0 ? 2 : 0,
      fin: i === 15_999,
      payload: Buffer.alloc(60),
    })),
  );
  const inOne = wire("server", { opcode: 2, payload: Buffer.alloc(960_000) });
  for (const bytes of [inFragments, inOne]) {
    const decoder = new FrameDecoder({ masked: false, rsv1: false, frameBytes: limits.frameBytes });
    const assembler = new MessageAssembler(limits);
    const native = Buffer.allocUnsafeSlow;
    let allocated = 0;
    Buffer.allocUnsafeSlow = (size) => {
      allocated += size;
      return native(size);
    };
    try {
      for (let at = 0; at < bytes.length; at += 50) {
        decoder.push(bytes.subarray(at, at + 50));
        while (decoder.next() === PIECE) assembler.push(decoder);
      }
    } finally {
      Buffer.allocUnsafeSlow = native;
    }
    expect(allocated).toBeGreaterThan(900_000);
    expect(allocated).toBeLessThan(960_000 * 4);
  }
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const NOWHERE = { text: () => {}, bytes: () => {} };

/** Receives `bytes` and something behind them that is not read. Weak references to the memory lent and allocated. */
function receiveHalf(connection: Connection, bytes: Buffer): Array<WeakRef<ArrayBufferLike>> {
  const lent = Buffer.from(bytes);
  const native = Buffer.allocUnsafeSlow;
  const references = [new WeakRef(lent.buffer)];
  Buffer.allocUnsafeSlow = (size) => {
    const buffer = native(size);
    if (size > 100_000) references.push(new WeakRef(buffer.buffer));
    return buffer;
  };
  try {
    receive(connection, lent);
  } finally {
    Buffer.allocUnsafeSlow = native;
  }
  expect(references).toHaveLength(2);
  return references;
}

/** Receives `bytes` as one lent piece; a weak reference to its memory. */
function receiveWith(connection: Connection, bytes: Buffer): WeakRef<ArrayBufferLike> {
  const lent = Buffer.from(bytes);
  receive(connection, lent);
  return new WeakRef(lent.buffer);
}

/** Receives `bytes` in two lent pieces. Weak references to their memory, and to that of the received binary messages. */
function receiveInTwoPieces(connection: Connection, bytes: Buffer): Array<WeakRef<ArrayBufferLike>> {
  const middle = bytes.length >> 1;
  return [bytes.subarray(0, middle), bytes.subarray(middle)].flatMap((piece) => {
    const lent = Buffer.from(piece);
    const messages = receive(connection, lent).filter((event) => event.type === "binary");
    return [lent, ...messages.map((event) => event.bytes)].map(({ buffer }) => new WeakRef(buffer));
  });
}

/** Whether all are gone. The engine keeps the object of a WeakRef that was made or read until the end of the turn. */
async function collected(references: ReadonlyArray<WeakRef<ArrayBufferLike>>): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return references.every((reference) => reference.deref() === undefined);
}
