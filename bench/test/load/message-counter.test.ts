import { describe, expect, it } from "vitest";
import { frame, opcodes } from "../../src/load/frames.ts";
import { messageCounter } from "../../src/load/message-counter.ts";

const text = (payload: Buffer, compressed: boolean): Buffer => {
  return frame({ opcode: opcodes.text, compressed, payload });
};

/** Messages counted and the rest, when the bytes come in pieces of `size`. */
function count(compressed: boolean, bytes: Buffer, size: number): [messages: number, rest: number] {
  const counter = messageCounter({ opcode: opcodes.text, compressed, payload: Buffer.alloc(200) });
  let messages = 0;
  for (let at = 0; at < bytes.length; at += size) messages += counter.receive(bytes.subarray(at, at + size));
  return [messages, counter.rest];
}

describe("messages of one length", () => {
  it("are counted by their bytes, however these are cut", () => {
    const one = text(Buffer.alloc(200), false);
    const bytes = Buffer.concat([one, one, one, one.subarray(0, 5)]);
    for (let size = 1; size <= bytes.length; size++) {
      expect(count(false, bytes, size), `pieces of ${size}`).toEqual([3, 5]);
    }
  });
});

describe("compressed messages", () => {
  it("are counted by their headers, of whatever length they are and however they are cut", () => {
    const sizes = [0, 1, 125, 126, 131, 70_000];
    const whole = Buffer.concat(sizes.map((size) => text(Buffer.alloc(size, 0xc1), true)));
    for (const size of [1, 2, 3, 4, 7, 100, 133, 4_096, whole.length]) {
      expect(count(true, whole, size), `pieces of ${size}`).toEqual([sizes.length, 0]);
    }
    for (const rest of [1, 2, 3, 4, 5, 100]) {
      const more = Buffer.concat([whole, text(Buffer.alloc(131), true).subarray(0, rest)]);
      expect(count(true, more, 50), `${rest} bytes behind`).toEqual([sizes.length, rest]);
      expect(count(true, more, more.length), `${rest} bytes behind`).toEqual([sizes.length, rest]);
    }
  });

  it("are refused where they are not compressed, not text or not whole", () => {
    for (const first of [0x81, 0xc2, 0x41, 0x88]) {
      expect(() => count(true, Buffer.from([first, 0]), 2)).toThrow(`begins with ${first.toString(16)}`);
    }
  });
});
