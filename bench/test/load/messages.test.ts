import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type MessageKind, makeMessage } from "../../src/load/messages.ts";

describe("makeMessage", () => {
  it("has exactly the size asked for and is the same each time", () => {
    for (const kind of ["text", "binary", "json"] as MessageKind[]) {
      for (const bytes of [64, 200, 201, 4_096, 16_384]) {
        const message = makeMessage(kind, bytes);
        expect(message.length, `${kind} ${bytes}`).toBe(bytes);
        expect(makeMessage(kind, bytes).equals(message)).toBe(true);
      }
    }
  });

  it("is JSON of many different events, which compresses as such data does", () => {
    for (const [bytes, low, high] of [
      [200, 0.5, 0.8],
      [4_096, 0.25, 0.5],
    ] as const) {
      const message = makeMessage("json", bytes);
      const parsed = JSON.parse(message.toString()) as { events: { id: number }[] };
      expect(parsed.events.length).toBeGreaterThan(0);
      expect(new Set(parsed.events.map(({ id }) => id)).size).toBe(parsed.events.length);
      const ratio = deflateRawSync(message).length / bytes;
      expect(ratio).toBeGreaterThan(low);
      expect(ratio).toBeLessThan(high);
    }
  });

  it("has all kinds of bytes where it is binary", () => {
    expect(new Set(makeMessage("binary", 16_384)).size).toBe(256);
  });
});
