import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asBuffer,
  countMessages,
  decodeHead,
  encodeFrame,
  type FrameHead,
  HEAD_BYTES,
  type Piece,
  ReceivedFrames,
} from "../../src/relay/frame.ts";
import { runs } from "../runs.ts";
import { messageFrame } from "../support/message-frame.ts";

const HEAD: FrameHead = {
  instance: "\x00\xff345678",
  sequence: 5,
  start: 2,
  count: 1,
  compress: true,
  control: false,
};

const number = fc.oneof(
  fc.nat(1000),
  fc.maxSafeNat().map((value) => Math.floor(value / 2)),
);
const head = fc
  .record({
    instance: fc
      .uint8Array({ minLength: 8, maxLength: 8 })
      .map((bytes) => Buffer.from(bytes).toString("latin1")),
    start: number,
    more: fc.nat(1000),
    count: fc.nat(0xffff_ffff),
    compress: fc.boolean(),
    control: fc.boolean(),
  })
  .map(({ more, start, ...rest }) => ({ ...rest, start, sequence: Math.min(start + more, 2 ** 52 - 1) }));
const message = fc.record({
  text: fc.boolean(),
  payload: fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom(0, 125, 126, 127, 65_535, 65_536, 70_000).map((length) => "x".repeat(length)),
  ),
});

describe("a frame between instances", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(head, fc.array(message, { maxLength: 5 }), (written, messages) => {
        const pieces = messages.map(({ text, payload }) => messageFrame(text, Buffer.from(payload)));
        const size = pieces.reduce((sum, { length }) => sum + length, 0);
        const asText = pieces.map((piece, i): Piece => (i % 2 === 0 ? piece.toString("latin1") : piece));
        const frame = encodeFrame(written, asText, size);
        expect(decodeHead(frame)).toEqual(written);
        const body = frame.subarray(HEAD_BYTES);
        expect(countMessages(body)).toBe(messages.length);
        const received = [...new ReceivedFrames(body, messages.length, false)];
        expect(received).toHaveLength(messages.length);
        for (const [i, { text, payload, start, end }] of received.entries()) {
          expect(text).toBe(messages[i]!.text);
          expect(payload.equals(Buffer.from(messages[i]!.payload))).toBe(true);
          expect(body.subarray(start, end).equals(pieces[i]!)).toBe(true);
        }
      }),
      runs(500),
    );
  });

  it("is never more than its bytes: cut anywhere, it is refused", () => {
    const pieces = [messageFrame(true, Buffer.from("Häuser")), messageFrame(false, Buffer.alloc(300))];
    const whole = encodeFrame({ ...HEAD, count: 2 }, pieces, pieces[0]!.length + pieces[1]!.length);
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      const read = decodeHead(cut);
      const isWhole = read !== null && countMessages(cut.subarray(HEAD_BYTES)) === read.count;
      expect(isWhole, `${length} bytes`).toBe(false);
    }
  });

  it.each([
    ["another letter in front", 0, 0x4e],
    ["another version", 1, 2],
    ["a flag that does not exist", 18, 4],
    ["a number beyond 2⁵²", 11, 0x10],
    ["a beginning behind its number", 26, 6],
  ])("with %s is refused", (_, at, byte) => {
    const frame = encodeFrame(HEAD, [], 0);
    expect(decodeHead(frame)).toEqual(HEAD);
    frame[at] = byte;
    expect(decodeHead(frame)).toBeNull();
  });

  it("of arbitrary bytes is refused or read, never an exception", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.uint8Array({ minLength: 16, maxLength: 60 }), fc.constant([0x4d, 1]))
        .map(([rest, first]) => Uint8Array.from([...first, ...rest])),
    );
    fc.assert(
      fc.property(bytes, (frame) => {
        const read = decodeHead(asBuffer(frame));
        if (read === null) return;
        expect(read.start).toBeLessThanOrEqual(read.sequence);
        const again = encodeFrame(read, [frame.subarray(HEAD_BYTES)], frame.length - HEAD_BYTES);
        expect([...again]).toEqual([...frame]);
      }),
      runs(2000),
    );
  });
});

describe("a body", () => {
  const refuse = (bytes: readonly number[] | Buffer): void => {
    expect(countMessages(Buffer.from(bytes))).toBeNull();
    // Also behind a message that is in order.
    const sound = messageFrame(true, Buffer.from("x"));
    expect(countMessages(Buffer.concat([sound, Buffer.from(bytes)]))).toBeNull();
  };

  it("may have no message", () => {
    expect(countMessages(Buffer.alloc(0))).toBe(0);
    expect([...new ReceivedFrames(Buffer.alloc(0), 0, false)]).toEqual([]);
  });

  it.each([
    ["that is not final", [0x01, 0]],
    ["that goes on", [0x80, 0]],
    ["that is compressed", [0xc1, 0]],
    ["with a reserved bit", [0xa1, 0]],
    ["of an opcode without meaning", [0x83, 0]],
    ["that closes", [0x88, 0]],
    ["that pings", [0x89, 0]],
    ["with a mask", [0x81, 0x80, 1, 2, 3, 4]],
    ["with a mask, a long one", [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, ...Buffer.alloc(65_536)]],
    ["whose length is cut off", [0x81]],
    ["whose length of 16 bits is cut off", [0x81, 126, 1]],
    ["whose length of 64 bits is cut off", [0x81, 127, 0, 0, 0, 0, 0, 1, 0]],
    ["whose length takes too many bytes", [0x81, 126, 0, 125, ...Buffer.alloc(125)]],
    ["whose length takes far too many bytes", [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["whose length is beyond all numbers", [0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0]],
    ["whose payload is cut off", [0x82, 3, 1, 2]],
    ["whose text is not UTF-8", [0x81, 2, 0xc3, 0x28]],
  ])("with a frame %s is refused", (_, bytes) => refuse(bytes));

  it("of arbitrary bytes is refused or divided without rest", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      message.map(({ text, payload }) => messageFrame(text, Buffer.from(payload))),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const body = Buffer.concat(pieces);
        const count = countMessages(body);
        if (count === null) return;
        const messages = [...new ReceivedFrames(body, count, false)];
        expect(messages).toHaveLength(count);
        expect(Buffer.concat(messages.map(({ start, end }) => body.subarray(start, end))).equals(body)).toBe(
          true,
        );
      }),
      runs(1000),
    );
  });
});
