import { setImmediate } from "node:timers/promises";
import { cpuTimer } from "@mantou/testing/cpu-time";
import { expect, it } from "vitest";
import { FrameEncoder } from "../src/frame-encoder.ts";
import { POOL_BYTES, SENT_AT_ONCE, SENT_AT_ONCE_BYTES } from "../src/limits.ts";
import { IDENTITY, type MessageCodec } from "../src/message-codec.ts";
import { MessageSender } from "../src/message-sender.ts";
import { BINARY, PING, TEXT } from "../src/opcode.ts";
import { prepareMessage } from "../src/prepared.ts";
import { Sink, wire } from "./support.ts";

const big = Buffer.alloc(POOL_BYTES, "b");
type Encoded = (payload: Uint8Array | null) => void;

/** A sender whose codec makes "z" of every big message, in a pool that ends its jobs when the test calls it. */
function sender(more: Partial<MessageCodec> = {}) {
  const sink = new Sink();
  const encoder = new FrameEncoder(sink, null);
  const pool: Encoded[] = [];
  let woken = 0;
  const codec: MessageCodec = {
    ...IDENTITY,
    rsv1: true,
    encodeInPool: (_message, done) => void pool.push(done),
    ...more,
  };
  const made = new MessageSender(encoder, codec, () => woken++);
  return { made, sink, encoder, pool, woken: () => woken };
}

const z = { opcode: BINARY, rsv: 4, payload: Buffer.from("z") };

it("keeps the order behind a big message, and counts the waiting messages", () => {
  const { made, sink, pool, woken } = sender();
  made.binary(big, true);
  made.text("é", true);
  made.binary(Buffer.from("abc"), false);
  made.prepared(prepareMessage("prepared"));
  let closed = false;
  made.behind(() => (closed = true));
  expect(sink.flush()).toHaveLength(0);
  expect(made.queuedBytes).toBe(big.length + 2 + 3 + 10);
  expect([pool.length, woken(), closed]).toEqual([1, 0, false]);
  pool[0]!(Buffer.from("z"));
  expect(sink.flush()).toEqual(
    wire(
      "server",
      z,
      { opcode: TEXT, payload: Buffer.from("é") },
      { opcode: BINARY, payload: Buffer.from("abc") },
      { opcode: TEXT, payload: Buffer.from("prepared") },
    ),
  );
  expect([made.queuedBytes, woken(), closed]).toEqual([0, 1, true]);
});

it("waits again for a big message among those that waited", () => {
  const { made, sink, pool } = sender();
  made.binary(big, true);
  made.text("a", true);
  made.binary(big, true);
  made.text("b", true);
  pool[0]!(Buffer.from("z"));
  expect(sink.flush()).toEqual(wire("server", z, { opcode: TEXT, payload: Buffer.from("a") }));
  expect(made.queuedBytes).toBe(big.length + 1);
  made.text("c", true);
  pool[1]!(null);
  expect(sink.flush()).toEqual(
    wire(
      "server",
      { opcode: BINARY, payload: big },
      { opcode: TEXT, payload: Buffer.from("b") },
      { opcode: TEXT, payload: Buffer.from("c") },
    ),
  );
  expect(made.queuedBytes).toBe(0);
});

it("sends bytes as they were when they were given, however long they wait", () => {
  const pooled: Uint8Array[] = [];
  const done: Encoded[] = [];
  const { made, sink } = sender({
    encodeInPool: (message, callback) => {
      pooled.push(message);
      done.push(callback);
    },
  });
  const [first, second] = [Buffer.alloc(POOL_BYTES, 1), Buffer.alloc(POOL_BYTES, 2)];
  const waits = Buffer.from("3");
  made.binary(first, true);
  made.binary(second, true);
  made.binary(waits, false);
  for (const bytes of [first, second, waits]) bytes.fill(9);
  done[0]!(null);
  done[1]!(null);
  for (const [i, bytes] of pooled.entries()) expect(Buffer.alloc(POOL_BYTES, i + 1).equals(bytes)).toBe(true);
  const payloads = [...pooled, Buffer.from("3")] as Buffer[];
  const frames = payloads.map((payload) => ({ opcode: BINARY, payload }));
  expect(sink.flush().equals(wire("server", ...frames))).toBe(true);
});

it("does not hold back control frames", () => {
  const { made, sink, encoder } = sender();
  made.binary(big, true);
  encoder.frame(PING, new Uint8Array());
  expect(sink.flush()).toEqual(wire("server", { opcode: PING }));
});

it("writes no dropped message", () => {
  const { made, sink, pool, woken } = sender();
  made.binary(big, true);
  made.text("a", true);
  made.drop();
  pool[0]!(Buffer.from("z"));
  expect([sink.flush().length, made.queuedBytes, woken()]).toEqual([0, 0, 0]);
});

it("compresses synchronously without a pool, without a wake, and small messages", () => {
  const encode = (): Uint8Array => Buffer.from("z");
  const [small, poolless] = [sender({ encode }), sender({ encode, encodeInPool: undefined as never })];
  small.made.binary(big.subarray(1), true);
  poolless.made.binary(big, true);
  const sink = new Sink();
  new MessageSender(new FrameEncoder(sink, null), { ...IDENTITY, rsv1: true, encode }, null).binary(
    big,
    true,
  );
  for (const output of [small.sink, poolless.sink, sink]) expect(output.flush()).toEqual(wire("server", z));
});

it("calls the codec's forget for each message that was compressed without it", () => {
  let forgotten = 0;
  const { made, sink } = sender({ preparedWindowBits: 15, forget: () => forgotten++ });
  made.prepared(prepareMessage("a".repeat(100), true));
  expect(sink.flush()[0]).toBe(0xc1);
  expect(forgotten).toBe(1);
  made.prepared(prepareMessage("a".repeat(100)));
  made.prepared(prepareMessage("a", true));
  expect(forgotten).toBe(1);
});

it("waits for a big prepared message, which many may wait for; without a wake it goes as it is", async () => {
  const message = prepareMessage("a".repeat(POOL_BYTES), true);
  const sink = new Sink();
  const codec: MessageCodec = { ...IDENTITY, rsv1: true, preparedWindowBits: 12 };
  await Promise.all(
    [1, 2].map(
      (_, i, all) =>
        new Promise<void>((wake) => {
          const one = new MessageSender(new FrameEncoder(sink, null), codec, wake);
          one.prepared(message);
          one.text(String(i), true);
          if (i === all.length - 1) expect(sink.flush()).toHaveLength(0);
        }),
    ),
  );
  const compressed = Buffer.from(message.frame(12)!.head, "latin1");
  const behind = (i: number) => wire("server", { opcode: TEXT, payload: Buffer.from(String(i)) });
  expect(sink.flush()).toEqual(Buffer.concat([compressed, behind(0), compressed, behind(1)]));
  new MessageSender(new FrameEncoder(sink, null), codec, null).prepared(
    prepareMessage("b".repeat(POOL_BYTES), true),
  );
  expect(sink.flush()).toEqual(wire("server", { opcode: TEXT, payload: Buffer.alloc(POOL_BYTES, "b") }));
});

it("keeps the place of messages whose bytes come later, in whatever order they come", () => {
  const { made, sink, pool } = sender();
  const [first, second, none] = [made.reserve(3, false), made.reserve(2, false), made.reserve(9, true)];
  made.text("behind", true);
  expect(made.queuedBytes).toBe(3 + 2 + 9 + 6);
  none(null);
  second(Buffer.from("22"));
  expect(sink.flush()).toHaveLength(0);
  first(Buffer.from("111"));
  expect(sink.flush()).toEqual(
    wire(
      "server",
      { opcode: BINARY, payload: Buffer.from("111") },
      { opcode: BINARY, payload: Buffer.from("22") },
      { opcode: TEXT, payload: Buffer.from("behind") },
    ),
  );
  expect(made.queuedBytes).toBe(0);
  const late = made.reserve(big.length, true);
  made.text("c", true);
  late(big);
  expect([sink.flush().length, made.queuedBytes]).toEqual([0, big.length + 1]);
  pool[0]!(Buffer.from("z"));
  expect(sink.flush()).toEqual(wire("server", z, { opcode: TEXT, payload: Buffer.from("c") }));
  made.reserve(1, true);
  made.drop();
  expect(made.queuedBytes).toBe(0);
});

it("shows that messages wait, also behind a message of no bytes", () => {
  const { made, sink } = sender();
  expect(made.waiting).toBe(false);
  const empty = made.reserve(0, true);
  expect([made.waiting, made.queuedBytes]).toEqual([true, 0]);
  made.behind(() => {});
  empty(Buffer.alloc(0));
  expect(made.waiting).toBe(false);
  expect(sink.flush()).toEqual(wire("server", { opcode: BINARY }));
});

it("takes time by the number of messages that wait, not by its square, and no stack", async () => {
  const { made, sink, pool } = sender();
  const count = 50_000;
  for (let round = 0; round < 2; round++) {
    made.binary(big, true);
    for (let i = 0; i < count; i++) made.binary(Buffer.of(round), false);
  }
  const spent = cpuTimer();
  pool[0]!(null);
  while (pool.length < 2) await setImmediate();
  pool[1]!(null);
  while (made.waiting) await setImmediate();
  // A hundred times what it takes; it took 17 s when each was moved up.
  expect(spent()).toBeLessThan(5000);
  expect(made.queuedBytes).toBe(0);
  const bytes = sink.flush();
  expect(bytes).toHaveLength(2 * (big.length + 10 + count * 3));
  expect([bytes[big.length + 12], bytes.at(-1)]).toEqual([0, 1]);
});

it.each([
  ["messages", SENT_AT_ONCE, Buffer.of(1)],
  ["bytes", SENT_AT_ONCE_BYTES / 4096, Buffer.alloc(4096, 1)],
])("sends so many %s of the waiting messages at a time, in their order", async (_, atOnce, message) => {
  const { made, sink, pool, woken } = sender();
  made.binary(big, true);
  for (let i = 0; i < atOnce * 2; i++) made.binary(message, false);
  made.text("last", false);
  const size = message.length + (message.length < 126 ? 2 : 4);
  pool[0]!(Buffer.from("z"));
  expect(sink.flush()).toHaveLength(3 + atOnce * size);
  expect([made.queuedMessages, woken()]).toEqual([atOnce + 1, 1]);
  // Messages that are sent meanwhile go behind them.
  made.text("behind", false);
  await setImmediate();
  expect(sink.flush()).toHaveLength(atOnce * size);
  expect([made.queuedMessages, woken()]).toEqual([2, 2]);
  await setImmediate();
  expect(sink.flush().toString("latin1")).toBe("\x81\x04last\x81\x06behind");
  expect([made.waiting, made.queuedBytes, woken()]).toEqual([false, 0, 3]);
});

it("sends no waiting message once all are dropped", async () => {
  const { made, sink, pool } = sender();
  made.binary(big, true);
  for (let i = 0; i < SENT_AT_ONCE + 1; i++) made.text("x", false);
  pool[0]!(Buffer.from("z"));
  sink.flush();
  made.drop();
  await setImmediate();
  expect(sink.flush()).toHaveLength(0);
});
