import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOT_FOUND, ReceiveBuffer } from "../src/receive-buffer.ts";
import { runs } from "./runs.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

function holding(...texts: string[]): ReceiveBuffer {
  const buffer = new ReceiveBuffer();
  for (const text of texts) buffer.push(bytes(text), 0, text.length);
  return buffer;
}

describe("memory", () => {
  it("is borrowed while it may be, and then copied", () => {
    const memory = bytes("abcdef");
    const buffer = new ReceiveBuffer();
    buffer.push(memory, 1, 5);
    const view = buffer.take(2);
    expect(view.buffer).toBe(memory.buffer);
    expect(view.toString()).toBe("bc");
    buffer.keep();
    memory.fill("X");
    expect(buffer.takeText(2)).toBe("de");
  });

  it("is compared with a text from where it is unread on, and no further", () => {
    const buffer = holding("abcdef");
    buffer.skip(1);
    expect(["bcdef", "bc", ""].filter((text) => !buffer.startsWith(text))).toEqual([]);
    expect(["abc", "c", "bcdefg", "bd"].filter((text) => buffer.startsWith(text))).toEqual([]);
    expect(buffer.isText("bcdef")).toBe(true);
    expect(buffer.isText("bc")).toBe(false);
    expect(buffer.takeText(5)).toBe("bcdef");
  });

  it("is not kept if nothing is unread", () => {
    const buffer = holding("abc");
    buffer.skip(3);
    buffer.keep();
    expect(buffer.length).toBe(0);
  });

  it("is dropped by clear", () => {
    const buffer = holding("abc");
    buffer.markScanned();
    buffer.clear();
    expect([buffer.length, buffer.scanned]).toEqual([0, 0]);
    buffer.push(bytes("de"), 0, 2);
    expect(buffer.takeText(2)).toBe("de");
  });

  it("is that of the pushed array, whatever its offset", () => {
    const memory = new Uint8Array(bytes("XXabcXX")).subarray(2, 5);
    const buffer = new ReceiveBuffer();
    buffer.push(memory, 0, 3);
    expect(buffer.takeText(3)).toBe("abc");
  });

  it("gives the bytes in their order, however they come and go", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("push" as const), size: fc.oneof(fc.nat(8), fc.nat(600)) }),
      fc.record({
        kind: fc.constantFrom("take" as const, "takeText" as const, "skip" as const),
        size: fc.nat(300),
      }),
      fc.record({ kind: fc.constant("keep" as const), size: fc.constant(0) }),
    );
    const memory = Buffer.alloc(600);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const buffer = new ReceiveBuffer();
        let model = "";
        let count = 0;
        let borrowed = false;
        for (const { kind, size } of steps) {
          const amount = Math.min(size, model.length);
          if (kind === "push") {
            // The memory is used again for each push, as soon as it may be.
            if (borrowed) buffer.keep();
            for (let i = 0; i < size; i++) memory[i] = 33 + (count++ % 90);
            buffer.push(memory, 0, size);
            model += memory.toString("latin1", 0, size);
            borrowed = true;
          } else if (kind === "keep") {
            buffer.keep();
            memory.fill("X");
            borrowed = false;
          } else {
            if (kind === "take") expect(buffer.take(amount).toString("latin1")).toBe(model.slice(0, amount));
            else if (kind === "takeText") expect(buffer.takeText(amount)).toBe(model.slice(0, amount));
            else buffer.skip(amount);
            model = model.slice(amount);
          }
          expect(buffer.length).toBe(model.length);
          if (model !== "") expect(buffer.byteAt(0)).toBe(model.charCodeAt(0));
        }
        expect(buffer.takeText(buffer.length)).toBe(model);
      }),
      runs(400),
    );
  });
});

describe("findHeadEnd", () => {
  it.each([
    ["", NOT_FOUND],
    ["ab\r\n\r", NOT_FOUND],
    ["ab\r\n\r\n", 2],
    ["\r\n\r\n", 0],
    ["a\n\r\n\r\n\r\n", 2],
  ])("in %j is %i", (text, index) => {
    const buffer = holding(`xyz${text}`);
    buffer.skip(3);
    const found = buffer.findHeadEnd(100);
    expect(found === NOT_FOUND ? found : found - buffer.textOffset).toBe(index);
  });

  it("looks a head's limit and its end far", () => {
    expect(holding(`${"x".repeat(10)}\r\n\r\n`).findHeadEnd(10)).toBe(10);
    expect(holding(`${"x".repeat(11)}\r\n\r\n`).findHeadEnd(10)).toBe(NOT_FOUND);
  });

  it.each([
    "ab\r\n\r\ncd",
    `ab\r\n\r\n${"c".repeat(50)}`,
  ])("finds one that was cut anywhere in its end: %j", (text) => {
    for (let cut = 1; cut < 8; cut++) {
      const buffer = holding(text.slice(0, cut));
      const early = buffer.findHeadEnd(100);
      if (early === NOT_FOUND) buffer.markScanned();
      buffer.keep();
      buffer.push(bytes(text.slice(cut)), 0, text.length - cut);
      expect(buffer.findHeadEnd(100) - buffer.textOffset).toBe(2);
      expect(buffer.text.slice(buffer.textOffset, buffer.textOffset + 2)).toBe("ab");
    }
  });
});

describe("looking for LF", () => {
  it("is bounded", () => {
    const buffer = holding("ab\ncd\n");
    expect([
      buffer.indexOfLF(0, 6),
      buffer.indexOfLF(3, 6),
      buffer.indexOfLF(3, 5),
      buffer.indexOfLF(0, 2),
    ]).toEqual([2, 5, NOT_FOUND, NOT_FOUND]);
  });

  it("finds the same in few bytes and in many", () => {
    // Both sides of the length from which the search is Node's.
    for (const length of [1, 2, 31, 32, 33, 34, 100]) {
      for (let at = 0; at <= length; at++) {
        const buffer = holding(`\n${"x".repeat(at)}\n${"x".repeat(length - at)}`);
        buffer.skip(1);
        expect(buffer.indexOfLF(0, length)).toBe(at < length ? at : NOT_FOUND);
        expect(buffer.indexOfLF(at, length + 1)).toBe(at);
        expect(buffer.indexOfLF(at + 1, length + 1)).toBe(NOT_FOUND);
      }
    }
  });

  it.each([
    ["\n", 0],
    ["\r\n", NOT_FOUND],
    ["a\r\nb\nc", 4],
    ["a\r\n\n", 3],
    ["\r\r\n", NOT_FOUND],
    ["abc", NOT_FOUND],
  ])("that is bare, in %j, gives %i", (text, index) => {
    expect(holding(text).indexOfBareLF(100)).toBe(index);
  });

  it("knows a CR in front of the new bytes", () => {
    const buffer = holding("a\r");
    buffer.markScanned();
    buffer.push(bytes("\n\n"), 0, 2);
    expect(buffer.indexOfBareLF(100)).toBe(3);
  });
});
