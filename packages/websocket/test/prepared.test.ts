import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FrameEncoder } from "../src/frame-encoder.ts";
import { POOL_BYTES } from "../src/limits.ts";
import { type Prepared, prepareMessage } from "../src/prepared.ts";
import { Sink, wire } from "./support.ts";

function encoder(maskKey: (() => number) | null) {
  const sink = new Sink();
  return { encode: new FrameEncoder(sink, maskKey), sink };
}

describe("prepareMessage", () => {
  const asFrames = (messages: Prepared[]) => {
    const { encode, sink } = encoder(null);
    for (const message of messages) encode.encoded(message.plain);
    return sink.flush();
  };

  it.each([
    0, 1, 125, 126, 1024, 1025, 4096, 4097, 65535, 65536,
  ])("frames %d bytes, or characters, as a server sends them", (length) => {
    const payload = Buffer.alloc(length, "x");
    const accented = "é".repeat(length);
    const messages = [payload, payload.toString(), accented].map((data) => prepareMessage(data));
    const expected = wire(
      "server",
      { opcode: 2, payload },
      { opcode: 1, payload },
      { opcode: 1, payload: Buffer.from(accented) },
    );
    expect(asFrames(messages).equals(expected)).toBe(true);
    expect(asFrames(messages).equals(expected), "a second time").toBe(true);
  });

  it("is independent of messages that are prepared and sent later", () => {
    const first = ["é", "é".repeat(1000), "x", Buffer.from("abc")].map((data) => prepareMessage(data));
    const before = asFrames(first);
    asFrames(["ü", "ü".repeat(1000), Buffer.alloc(900)].map((data) => prepareMessage(data)));
    expect(asFrames(first)).toEqual(before);
  });

  it("cannot be sent by a client", () => {
    const { encode, sink } = encoder(() => 1);
    expect(() => encode.encoded(prepareMessage("x").plain)).toThrow(TypeError);
    expect(sink.parts).toEqual([]);
  });
});

/** The message in a server's frame that is marked with RSV1. */
function inflated({ head, payload }: { head: string; payload: Uint8Array | null }): string {
  const bytes = Buffer.from(head, "latin1");
  expect(bytes[0]! & 0x40).toBe(0x40);
  const headBytes = bytes[1]! < 126 ? 2 : bytes[1] === 126 ? 4 : 10;
  const tail = Buffer.from([0, 0, 255, 255]);
  const whole = Buffer.concat([bytes.subarray(headBytes), payload ?? tail.subarray(0, 0), tail]);
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

describe("a prepared message that may be compressed", () => {
  const text = "the dough has risen, ".repeat(20);

  it("is compressed once for each window, and not for connections without one", () => {
    const message = prepareMessage(text, true);
    expect(message.frame(0)).toBe(message.plain);
    const frame = message.frame(15)!;
    expect(message.frame(15)).toBe(frame);
    expect(message.frame(9)).not.toBe(frame);
    for (const bits of [9, 12, 15]) expect(inflated(message.frame(bits)!)).toBe(text);
  });

  it("is not compressed without the option, when it is empty, or when it would only grow", () => {
    for (const message of [prepareMessage(text), prepareMessage("", true), prepareMessage("x", true)]) {
      expect(message.frame(15)).toBe(message.plain);
    }
  });

  it("does not change when others are compressed after it", () => {
    const big = Buffer.from(Array.from({ length: 20_000 }, (_, i) => ((i * i * 7919) >> 9) & 63));
    const message = prepareMessage(big, true);
    const frame = message.frame(15)!;
    expect(frame.payload!.length).toBeGreaterThan(1024);
    const before = Buffer.from(frame.payload!);
    prepareMessage(big.toReversed(), true).frame(15);
    expect(before.equals(frame.payload!)).toBe(true);
  });

  it("is compressed in the pool when it is big, once for all callbacks", async () => {
    const big = text.repeat(POOL_BYTES / text.length + 1);
    const message = prepareMessage(big, true);
    expect(message.frame(15)).toBeNull();
    const frames = await Promise.all(
      [1, 2, 3].map(() => new Promise((ready) => message.whenReady(15, ready))),
    );
    expect(frames[1]).toBe(frames[0]);
    expect(message.frame(15)).toBe(frames[0]);
    expect(inflated(message.frame(15)!)).toBe(big);
  });
});
