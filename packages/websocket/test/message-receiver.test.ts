import { constants } from "node:buffer";
import { expect, it, vi } from "vitest";
import { FrameDecoder } from "../src/frame-decoder.ts";
import { AT_ONCE_BYTES, POOL_BYTES, resolveLimits } from "../src/limits.ts";
import { IDENTITY, type MessageCodec } from "../src/message-codec.ts";
import { MessageReceiver, type Received } from "../src/message-receiver.ts";
import { wire } from "./support.ts";

type Decoded = Parameters<NonNullable<MessageCodec["decodeInPool"]>>[2];

/** A receiver whose codec has a pool that ends its jobs when the test calls it. */
function receiver(limits = {}, more: Partial<MessageCodec> = {}) {
  const pool: Decoded[] = [];
  let woken = 0;
  const codec: MessageCodec = {
    ...IDENTITY,
    rsv1: true,
    decode: (payload) => Buffer.from(payload.toReversed()),
    decodeInPool: (_payload, _maxBytes, done) => void pool.push(done),
    ...more,
  };
  const made = new MessageReceiver("server", resolveLimits(limits), codec, () => woken++);
  const all = (): Received[] => {
    const found: Received[] = [];
    for (let one = made.next(); one !== null; one = made.next()) {
      found.push(one);
      if (typeof one === "string") break;
    }
    return found;
  };
  return { made, pool, all, woken: () => woken };
}

const text = (payload: string, rsv = 0) => wire("client", { opcode: 1, rsv, payload: Buffer.from(payload) });
const big = wire("client", { opcode: 2, rsv: 4, payload: Buffer.alloc(POOL_BYTES) });

it("gives messages and control frames in their order", () => {
  const { made, all } = receiver();
  made.receive(
    Buffer.concat([
      text("a"),
      wire("client", { opcode: 2, fin: false, payload: Buffer.from([1]) }, { opcode: 9 }),
      wire("client", { opcode: 0, payload: Buffer.from([2]) }),
      text("cba", 4),
    ]),
  );
  expect(all()).toEqual([
    { type: "text", text: "a" },
    { type: "control", opcode: 9, payload: Buffer.alloc(0) },
    { type: "binary", bytes: Buffer.from([1, 2]) },
    { type: "text", text: "abc" },
  ]);
});

it("looks at nothing behind a message in the pool, and loses nothing of it", () => {
  const { made, pool, all, woken } = receiver();
  made.receive(Buffer.concat([text("before"), big, text("behind")]));
  expect(all()).toEqual([{ type: "text", text: "before" }]);
  expect([made.decoding, woken()]).toEqual([true, 0]);
  for (const one of ["1", "2"]) {
    const lent = text(one);
    made.receive(lent);
    expect(all()).toEqual([]);
    lent.fill(0);
  }
  pool[0]!(Buffer.from("xyz"));
  expect([made.decoding, woken()]).toEqual([false, 1]);
  made.receive(text("3"));
  expect(all().map((one) => (one as { text?: string }).text ?? "binary")).toEqual([
    "binary",
    "behind",
    "1",
    "2",
    "3",
  ]);
  made.receive(text("lent again"));
  expect(() => made.receive(text("too early"))).toThrow("before next()");
});

it("loses nothing of what came behind a message that was kept, and goes to the pool itself", () => {
  const { made, pool, all } = receiver();
  made.receive(big);
  expect(all()).toEqual([]);
  for (const one of [Buffer.concat([big, text("1")]), text("2"), big, text("3")]) made.receive(one);
  const found: string[] = [];
  for (let jobs = 1; pool.length === jobs; jobs++) {
    pool.at(-1)!(Buffer.from("xyz"));
    found.push(...all().map((one) => (one as { text?: string }).text ?? "binary"));
  }
  expect(found).toEqual(["binary", "binary", "1", "2", "binary", "3"]);
  expect(made.unread).toBe(false);
});

it("loses nothing behind a message in the pool of what came after keep()", () => {
  const { made, pool, all } = receiver();
  made.receive(Buffer.concat([text("a"), big]));
  expect(made.next()).toEqual({ type: "text", text: "a" });
  made.keep();
  made.receive(text("late"));
  expect(all()).toEqual([]);
  pool[0]!(Buffer.from("xyz"));
  expect(all().map((one) => (one as { text?: string }).text ?? "binary")).toEqual(["binary", "late"]);
});

it("continues messages that become too long in the pool", () => {
  const limits: unknown[] = [];
  const decode: MessageCodec["decode"] = (_payload, ...given) => {
    limits.push(given);
    return null;
  };
  const { made, pool, all } = receiver({}, { decode });
  const lent = Buffer.concat([text("abc", 4), text("behind")]);
  made.receive(lent);
  expect(all()).toEqual([]);
  lent.fill(0);
  expect([made.decoding, limits]).toEqual([true, [[16 << 20, AT_ONCE_BYTES]]]);
  pool[0]!(Buffer.from("decoded"));
  expect(all()).toEqual([
    { type: "text", text: "decoded" },
    { type: "text", text: "behind" },
  ]);
});

it("decodes only so much in one receive, however many messages it is in, and goes on in the pool", () => {
  const atOnce: unknown[] = [];
  const decode: MessageCodec["decode"] = (payload, _maxBytes, most) => {
    atOnce.push(most);
    return Buffer.alloc(payload.length * 1000);
  };
  const { made, pool, all } = receiver({}, { decode });
  const message = (bytes: number) => wire("client", { opcode: 2, rsv: 4, payload: Buffer.alloc(bytes) });
  made.receive(Buffer.concat([message(100), message(200), message(1), message(2)]));
  expect(all()).toHaveLength(2);
  expect([made.decoding, atOnce]).toEqual([true, [AT_ONCE_BYTES, AT_ONCE_BYTES - 100_000]]);
  pool[0]!(Buffer.alloc(1000));
  // The pool ends in another turn, which starts anew, as the next receive does.
  expect(all()).toHaveLength(2);
  made.receive(message(1));
  expect(all()).toHaveLength(1);
  expect(atOnce.slice(2)).toEqual([AT_ONCE_BYTES, AT_ONCE_BYTES]);
});

it("refuses results of the pool as synchronous ones", () => {
  const { made, pool, all } = receiver();
  made.receive(wire("client", { opcode: 1, rsv: 4, payload: Buffer.alloc(POOL_BYTES) }));
  expect(all()).toEqual([]);
  pool[0]!(Buffer.from([0xff]));
  expect(all()).toEqual(["TEXT_UTF8"]);
  const other = receiver();
  other.made.receive(text("\x80", 4));
  expect(other.all()).toEqual(["TEXT_UTF8"]);
});

it("refuses a text that becomes longer than Node.js's strings may be, by the pool or at once", () => {
  const long = Buffer.alloc(constants.MAX_STRING_LENGTH + 1);
  const { made, pool, all } = receiver();
  made.receive(wire("client", { opcode: 1, rsv: 4, payload: Buffer.alloc(POOL_BYTES) }));
  expect(all()).toEqual([]);
  pool[0]!(long);
  expect(all()).toEqual(["MESSAGE_TOO_BIG"]);
  const other = receiver({}, { decode: () => long });
  other.made.receive(text("a", 4));
  expect(other.all()).toEqual(["MESSAGE_TOO_BIG"]);
});

it("forgets everything when it is dropped", () => {
  const { made, pool, all, woken } = receiver();
  made.receive(Buffer.concat([big, text("behind")]));
  all();
  made.drop();
  pool[0]!(Buffer.from("x"));
  expect([all(), woken()]).toEqual([[], 0]);
});

it("copies what it keeps once, however often its host stops, and gives it in its order", () => {
  const { made } = receiver();
  const copied = vi.spyOn(FrameDecoder.prototype, "takeRest");
  const bytes = Buffer.concat([text("a"), text("b"), text("c")]);
  made.receive(bytes);
  const found: Received[] = [];
  for (let one = made.next(); one !== null; one = made.next()) {
    found.push(one);
    made.keep();
    if (found.length === 1) bytes.fill(0);
    if (found.length === 2) made.receive(text("d"));
  }
  expect(found).toMatchObject(["a", "b", "c", "d"].map((each) => ({ type: "text", text: each })));
  expect(copied).toHaveBeenCalledTimes(1);
  copied.mockRestore();
});
