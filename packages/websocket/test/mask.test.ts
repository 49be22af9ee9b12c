import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  maskInPlace,
  randomMaskKey,
  readMaskKey,
  rotateMaskKey,
  SCRATCH_BYTES,
  scratch,
  unmaskToCopy,
  unmaskToScratch,
  unmaskToScratchAt,
} from "../src/mask.ts";

import { runs } from "./support.ts";

/** RFC 6455 §5.3, letter by letter. */
function masked(bytes: Uint8Array, key: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, i) => byte ^ key[i % 4]!));
}

const SHAPE = { shift: fc.nat(7), before: fc.nat(9), behind: fc.nat(9) };

/** Between `length` and 20 more bytes. */
const bytesFrom = (length: number) =>
  fc
    .tuple(fc.integer({ min: length, max: length + 20 }), fc.uint8Array({ minLength: 64, maxLength: 64 }))
    .map(([count, some]) => Uint8Array.from({ length: count }, (_, i) => some[i & 63]! + (i >> 6)));

/** Lengths on all sides of where words take over from bytes, and longs from words, at every offset from a multiple of eight. */
const input = fc.record({
  bytes: fc.oneof(...[0, 8, 80, 92, 100, 200, 1010, 1030, 2000].map(bytesFrom)),
  key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  ...SHAPE,
});

/** `bytes` in the middle of something bigger, which begins `shift` after a multiple of eight. */
function embedded({
  bytes,
  shift,
  before,
  behind,
}: { [K in keyof typeof SHAPE]: number } & { bytes: Uint8Array }): Buffer {
  const buffer = Buffer.from(new ArrayBuffer(shift + before + bytes.length + behind), shift);
  buffer.fill(0xaa);
  buffer.set(bytes, before);
  return buffer;
}

describe("masking (RFC 6455 §5.3)", () => {
  it("is the same in place, to the scratch and to a copy, wherever the bytes lie", () => {
    fc.assert(
      fc.property(input, (given) => {
        const { bytes, key, before } = given;
        const expected = masked(bytes, key);
        const buffer = embedded(given);
        const to = before + bytes.length;
        const original = Buffer.from(buffer);
        unmaskToScratch(buffer, before, to, readMaskKey(key, 0));
        expect(scratch.subarray(0, bytes.length)).toEqual(expected);
        // Short ones of the same input are read by words from the second one on.
        scratch.fill(0, 0, bytes.length + 3);
        unmaskToScratchAt(buffer, before, to, readMaskKey(key, 0), 3);
        expect(scratch.subarray(3, bytes.length + 3)).toEqual(expected);
        expect(unmaskToCopy(buffer, before, to, readMaskKey(key, 0))).toEqual(expected);
        expect(buffer).toEqual(original);
        maskInPlace(buffer, before, to, readMaskKey(key, 0));
        expect(buffer).toEqual(
          Buffer.concat([original.subarray(0, before), expected, original.subarray(to)]),
        );
      }),
      runs(500),
    );
  });

  it("returns whether all is ASCII, at whatever place the only other byte stands", () => {
    const one = fc.record({
      length: fc.oneof(fc.integer({ min: 1, max: 260 }), fc.integer({ min: 1000, max: 1100 })),
      fromEnd: fc.oneof(fc.nat(9), fc.nat()),
      before: fc.nat(7),
    });
    fc.assert(
      fc.property(one, fc.integer({ min: 1, max: 0xffffffff }), ({ length, fromEnd, before }, key) => {
        const ascii = Buffer.alloc(before + length, 0x7f);
        maskInPlace(ascii, before, before + length, key);
        expect(unmaskToScratch(ascii, before, before + length, key)).toBe(true);
        ascii[before + length - 1 - (fromEnd % length)]! ^= 0x80;
        expect(unmaskToScratch(ascii, before, before + length, key)).toBe(false);
      }),
      runs(300),
    );
  });

  it("can begin anywhere in the payload with the key rotated", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.nat(1000), (key, offset) => {
        const rotated = Uint8Array.from([0, 1, 2, 3], (i) => key[(offset + i) % 4]!);
        expect(rotateMaskKey(readMaskKey(key, 0), offset)).toBe(readMaskKey(rotated, 0));
      }),
    );
  });

  it("fills the scratch to its end", () => {
    const bytes = Buffer.alloc(SCRATCH_BYTES, 0x21);
    unmaskToScratch(bytes, 0, SCRATCH_BYTES, 0x01020304);
    expect(scratch.equals(masked(bytes, Uint8Array.of(4, 3, 2, 1)))).toBe(true);
  });
});

describe("randomMaskKey (§5.3)", () => {
  it("gives unsigned 32-bit keys that don't repeat over many refills of its store", () => {
    const keys = Array.from({ length: 5000 }, randomMaskKey);
    expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key <= 0xffffffff)).toBe(true);
    // By chance about 0.003 of 5,000 would be equal.
    expect(new Set(keys).size).toBeGreaterThan(4995);
  });
});

it("unmaskToCopy gives memory that nothing else shares", () => {
  for (const length of [0, 1, 64, 65, 4000, 40_000]) {
    const copy = unmaskToCopy(Buffer.alloc(length), 0, length, 1);
    expect([copy.byteOffset, copy.buffer.byteLength]).toEqual([0, length]);
  }
});
