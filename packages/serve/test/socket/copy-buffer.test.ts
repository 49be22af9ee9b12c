import { describe, expect, it } from "vitest";
import { CopyBuffer } from "../../src/socket/copy-buffer.ts";

describe("a buffer", () => {
  it("has what was put into it, in order, as a copy", () => {
    const buffer = CopyBuffer.take();
    const bytes = Uint8Array.of(1, 0, 255);
    expect(buffer.text("caf\xe9 ", 0)).toBe(5);
    expect(buffer.bytes(bytes, 0)).toBe(3);
    bytes.fill(7);
    expect(buffer.text("", 0)).toBe(0);
    expect(buffer.text("the end", 3)).toBe(4);
    expect(buffer.bytes(bytes, 1)).toBe(2);
    expect(buffer.content.toString("latin1")).toBe("caf\xe9 \x01\x00\xff end\x07\x07");
  });

  it("takes as much as it has room for", () => {
    for (const add of [
      (buffer: CopyBuffer, start: number) => buffer.text("x".repeat(50_000), start),
      (buffer: CopyBuffer, start: number) => buffer.bytes(new Uint8Array(50_000), start),
    ]) {
      const buffer = CopyBuffer.take();
      expect(add(buffer, 0)).toBe(50_000);
      expect(buffer.hasRoom(10_000)).toBe(true);
      expect(buffer.hasRoom(50_000)).toBe(false);
      const room = add(buffer, 0);
      expect(room).toBeLessThan(50_000);
      expect([buffer.hasRoom(0), buffer.hasRoom(1)]).toEqual([true, false]);
      expect(buffer.content.length).toBe(50_000 + room);
      expect(add(buffer, room)).toBe(0);
    }
  });

  it("is empty when it is taken again, and never in use elsewhere", () => {
    const buffers = Array.from({ length: 40 }, () => CopyBuffer.take());
    expect(new Set(buffers).size).toBe(40);
    for (const buffer of buffers) {
      buffer.text("x", 0);
      buffer.giveBack();
    }
    const again = Array.from({ length: 40 }, () => CopyBuffer.take());
    expect(new Set(again).size).toBe(40);
    expect(again.every((buffer) => buffer.content.length === 0)).toBe(true);
    // Only so many are kept.
    expect(again.filter((buffer) => buffers.includes(buffer)).length).toBe(16);
  });
});
