import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import {
  APPEND,
  APPENDED,
  decodeAppend,
  decodeAppended,
  decodePlaced,
  decodeRead,
  decodeRotate,
  decodeSlice,
  encodeAppend,
  encodeAppended,
  encodePlaced,
  encodeRead,
  encodeRotate,
  encodeSlice,
  PLACED,
  READ,
  ROTATE,
  SLICE,
} from "../../src/local/history-wire.ts";

const frame = Buffer.from("a frame");
const append = { request: 7, channel: "ht:ä", frame, count: 3, rule: { size: 9, seconds: 0.5 }, retry: true };
const read = { request: 2 ** 52, channel: "ht:ä", from: 5, limit: 0 };
const place = { epoch: "e1", offset: 12, previous: 10 };
const slice = {
  epoch: "e1",
  top: 12,
  topHead: Buffer.from("head"),
  frames: [
    { offset: 10, previous: 0, frame: Buffer.alloc(0) },
    { offset: 12, previous: 10, frame },
  ],
};
const DECODERS = [decodeAppend, decodeRead, decodeRotate, decodePlaced, decodeAppended, decodeSlice];

describe("what processes say of histories", () => {
  test("comes out as it went in", () => {
    expect(decodeAppend(encodeAppend(append))).toEqual(append);
    expect(decodeRead(encodeRead(read))).toEqual(read);
    expect(decodeRotate(encodeRotate("ht:ä", "e"))).toEqual({ channel: "ht:ä", epoch: "e" });
    expect(decodePlaced(encodePlaced("ht:ä", place, frame))).toEqual({ channel: "ht:ä", place, frame });
    const answer = { request: 1, place: { epoch: "e1", offset: 12 }, duplicate: false };
    expect(decodeAppended(encodeAppended(1, place, false))).toEqual(answer);
    expect(decodeSlice(encodeSlice(3, slice))).toEqual({ request: 3, slice });
    const empty = { epoch: "e", top: 0, topHead: null, frames: [] };
    expect(decodeSlice(encodeSlice(3, empty))).toEqual({ request: 3, slice: empty });
    const kinds = [
      encodeAppend(append),
      encodeRead(read),
      encodeRotate("", ""),
      encodePlaced("", place, frame),
    ];
    expect([...kinds, encodeAppended(1, place, true), encodeSlice(3, slice)].map((each) => each[4])).toEqual([
      APPEND,
      READ,
      ROTATE,
      PLACED,
      APPENDED,
      SLICE,
    ]);
  });

  test("is refused where it is cut off, or a number is none", () => {
    const whole = [
      encodeAppend(append),
      encodeRead(read),
      encodeRotate("a", "b"),
      encodePlaced("c", place, frame),
    ];
    for (const [i, bytes] of [...whole, encodeAppended(1, place, true), encodeSlice(3, slice)].entries()) {
      for (let end = 5; end < bytes.length; end++) {
        // Between two frames a slice is whole.
        if (i === 5 && DECODERS[i]!(bytes.subarray(0, end)) !== null) continue;
        expect(DECODERS[i]!(bytes.subarray(0, end)), `${i} ${end}`).toBeNull();
      }
      expect(DECODERS[i]!(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeNull();
    }
    for (const bad of [
      { count: 0 },
      { request: -1 },
      { request: 0.5 },
      { count: Number.NaN },
      { count: 2 ** 60 },
    ]) {
      expect(decodeAppend(encodeAppend({ ...append, ...bad })), JSON.stringify(bad)).toBeNull();
    }
    for (const rule of [
      { size: 0, seconds: 1 },
      { size: 1, seconds: -1 },
      { size: 1, seconds: Number.NaN },
    ]) {
      expect(decodeAppend(encodeAppend({ ...append, rule })), JSON.stringify(rule)).toBeNull();
    }
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 80 }), (bytes) => {
        for (const decode of DECODERS) decode(Buffer.from(bytes));
      }),
      runs(500),
    );
  });
});
