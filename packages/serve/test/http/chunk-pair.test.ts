import { describe, expect, it } from "vitest";
import { ChunkPair } from "../../src/http/send-file.ts";

describe("a pair of chunks", () => {
  it("is read into by turns", () => {
    const pair = new ChunkPair();
    const first = pair.next;
    first.write("one");
    expect(pair.turn(3).toString()).toBe("one");
    const second = pair.next;
    expect(second.buffer).not.toBe(first.buffer);
    second.write("four");
    expect(pair.turn(4).toString()).toBe("four");
    expect(first.toString("latin1", 0, 3)).toBe("one");
    expect(pair.next).toBe(first);
    expect(first.length).toBe(pair.size);
  });

  it("is taken again once it was given back, and never by two", () => {
    const pairs = Array.from({ length: 40 }, () => ChunkPair.take());
    expect(new Set(pairs).size).toBe(40);
    for (const pair of pairs) pair.giveBack();
    const again = Array.from({ length: 40 }, () => ChunkPair.take());
    expect(new Set(again).size).toBe(40);
    // Only so many are kept.
    expect(again.filter((pair) => pairs.includes(pair)).length).toBe(16);
  });
});
