import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { split } from "../src/arbitraries/index.ts";
import { PayloadBuffer } from "../src/payload-buffer.ts";

const KEY = 0x04030201;

describe("PayloadBuffer", () => {
  it("unmasks pieces", () => {
    const pieces = fc.uint8Array({ maxLength: 400, size: "max" }).chain((bytes) => split(bytes));
    fc.assert(
      fc.property(pieces, (list) => {
        const whole = Buffer.concat(list);
        const buffer = new PayloadBuffer();
        for (const piece of list) {
          buffer.append(Buffer.from(piece), 0, piece.length, KEY, buffer.length, whole.length);
        }
        expect(buffer.bytes).toEqual(Buffer.from(whole.map((byte, i) => byte ^ ((i % 4) + 1))));
        expect(buffer.take()).toHaveLength(whole.length);
        expect(buffer.length).toBe(0);
      }),
    );
  });

  it("does not allocate on the word of a header", () => {
    const buffer = new PayloadBuffer();
    buffer.append(Buffer.alloc(100), 0, 100, KEY, 0, 2 ** 30);
    expect(buffer.capacity).toBeLessThanOrEqual(1700);
  });

  it("never allocates more than 17 times the bytes that have come, nor more than twice the announced ones", () => {
    const buffer = new PayloadBuffer();
    for (let i = 1; i <= 300; i++) {
      buffer.append(Buffer.alloc(i), 0, i, KEY, 0, buffer.length + i);
      expect(buffer.capacity).toBeLessThanOrEqual(buffer.length * 2);
    }
  });

  it("grows seldom, in however many pieces and fragments the bytes come", () => {
    const piece = Buffer.alloc(8);
    for (const announce of [(length: number) => length + 8, () => 80_000]) {
      const buffer = new PayloadBuffer();
      const capacities = new Set<number>();
      for (let i = 0; i < 10_000; i++) {
        buffer.append(piece, 0, 8, KEY, 0, announce(buffer.length));
        capacities.add(buffer.capacity);
      }
      expect(capacities.size).toBeLessThanOrEqual(15);
      expect(buffer.take().length).toBe(80_000);
    }
  });

  it.each([999_999, 1_000_000, 1_100_000, 2 ** 21])("makes text of %d ASCII bytes", (length) => {
    const text = "0123456789".repeat(length / 10 + 1).slice(0, length);
    const buffer = new PayloadBuffer();
    buffer.append(Buffer.from(text), 0, length, 0, 0, length, true);
    // Not expect(), which would print a page of differences.
    expect(buffer.takeText(true) === text).toBe(true);
  });

  it("gives memory that nothing else shares, whether the payload fits it or not", () => {
    for (const announced of [3, 100]) {
      const buffer = new PayloadBuffer();
      for (let i = 0; i < 3; i++) buffer.append(Buffer.of(i), 0, 1, 0, 0, announced);
      expect(Buffer.from(buffer.take().buffer)).toEqual(Buffer.of(0, 1, 2));
    }
  });

  it("makes text of the payload, ASCII or not", () => {
    for (const text of ["", "ascii", "\ufeffé€😀"]) {
      const buffer = new PayloadBuffer();
      const bytes = Buffer.from(text);
      buffer.append(bytes, 0, bytes.length, 0, 0, 100);
      expect(buffer.takeText(text === "ascii")).toBe(text);
      expect([buffer.length, buffer.capacity]).toEqual([0, 0]);
    }
  });

  it("returns memory that it never writes to again", () => {
    const buffer = new PayloadBuffer();
    buffer.append(Buffer.from("first"), 0, 5, 0, 0, 5);
    const first = buffer.take();
    buffer.append(Buffer.from("other"), 0, 5, 0, 0, 5);
    expect(first.toString()).toBe("first");
    expect(buffer.takeText()).toBe("other");
    expect(buffer.capacity).toBe(0);
  });

  it("has its place at once for 1 MiB that is read by 64 KiB", () => {
    const buffer = new PayloadBuffer();
    const capacities = new Set<number>();
    for (let left = 2 ** 20, piece = 65_536 - 14; left > 0; left -= piece, piece = Math.min(left, 65_536)) {
      buffer.append(Buffer.alloc(piece), 0, piece, KEY, buffer.length, 2 ** 20);
      capacities.add(buffer.capacity);
    }
    expect([...capacities]).toEqual([2 ** 20]);
  });

  describe("keeps the memory of a text for the next", () => {
    /** Takes `length` bytes, all of them `fill`, of a text or not; the memory that they lie in. */
    function fill(buffer: PayloadBuffer, length: number, byte: number, isText: boolean): ArrayBufferLike {
      buffer.append(Buffer.alloc(length, byte), 0, length, 0, 0, length, isText);
      return buffer.bytes.buffer;
    }

    /** Leaves a buffer of 2 MiB behind, the biggest that is kept. */
    function leaveSpare(): ArrayBufferLike {
      const buffer = new PayloadBuffer();
      const memory = fill(buffer, 2 ** 21, 0x61, true);
      buffer.takeText(true);
      return memory;
    }

    it("of any connection, without a trace of its earlier content", () => {
      const memory = leaveSpare();
      const next = new PayloadBuffer();
      expect(fill(next, 500_000, 0x62, true)).toBe(memory);
      const meanwhile = new PayloadBuffer();
      expect(fill(meanwhile, 500_000, 0x63, true)).not.toBe(memory);
      expect(next.takeText(true)).toBe("b".repeat(500_000));
      expect(meanwhile.takeText()).toBe("c".repeat(500_000));
    });

    it("but not for bytes, which are given away", () => {
      const memory = leaveSpare();
      expect(fill(new PayloadBuffer(), 500_000, 0x62, false)).not.toBe(memory);
    });

    it("but not for little text, which would hold much memory", () => {
      const memory = leaveSpare();
      expect(fill(new PayloadBuffer(), 100_000, 0x62, true)).not.toBe(memory);
    });

    it("but not more than 2 MiB", () => {
      const buffer = new PayloadBuffer();
      const memory = fill(buffer, 2 ** 21 + 1, 0x61, true);
      buffer.takeText(true);
      expect(fill(new PayloadBuffer(), 2 ** 21 + 1, 0x61, true)).not.toBe(memory);
    });
  });
});
