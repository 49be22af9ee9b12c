import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backlog } from "../../src/socket/backlog.ts";
import { runs } from "../support/runs.ts";

describe("a backlog", () => {
  it("gives back any pieces, in order, in bounded steps, whenever it is asked", () => {
    const size = fc.oneof(
      fc.nat(5),
      fc.nat(2_000),
      fc.integer({ min: 16_000, max: 17_000 }),
      fc.nat(100_000),
    );
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("text", "bytes"), size }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("take"), size: fc.integer({ min: 1, max: 200_000 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
        const backlog = new Backlog();
        const added: Buffer[] = [];
        const taken: Uint8Array[] = [];
        let biggest = 0;
        let size = 0;
        for (const [n, act] of [...acts, { kind: "take", size: Number.POSITIVE_INFINITY }].entries()) {
          if (act.kind === "take") {
            const blocks = backlog.take(act.size);
            const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
            expect(bytes).toBeLessThanOrEqual(Math.max(act.size, biggest, 64 * 1024));
            expect(blocks.length > 0).toBe(size > 0);
            size -= bytes;
            taken.push(...blocks);
          } else {
            const piece = Buffer.alloc(act.size, n & 255);
            backlog.add(act.kind === "text" ? piece.toString("latin1") : piece);
            added.push(piece);
            size += piece.length;
            biggest = Math.max(biggest, piece.length);
          }
          expect(backlog.size).toBe(size);
        }
        expect(size).toBe(0);
        expect(Buffer.concat(taken).equals(Buffer.concat(added))).toBe(true);
      }),
      runs(200),
    );
  });

  it("joins small pieces as they come: what they take follows their bytes", () => {
    const backlog = new Backlog();
    for (let n = 0; n < 300_000; n++) {
      backlog.add("\x81\x01a");
      backlog.add(Buffer.of(0x82, 0));
    }
    let blocks = 0;
    let bytes = 0;
    while (backlog.size > 0) {
      for (const block of backlog.take(1024 * 1024)) {
        blocks++;
        bytes += block.buffer.byteLength;
      }
    }
    expect(blocks).toBeLessThan(40);
    expect(bytes).toBeLessThan(300_000 * 5 + 64 * 1024);
  });

  it("holds no big block for a few bytes", () => {
    const backlog = new Backlog();
    backlog.add("few");
    const [block] = backlog.take(1);
    expect(block!.buffer.byteLength).toBeLessThanOrEqual(1024);
  });

  it("copies what is small, so that its memory may be used again, and keeps what is big", () => {
    const backlog = new Backlog();
    const [small, big] = [Buffer.alloc(100, "a"), Buffer.alloc(100_000, "b")];
    backlog.add(small);
    backlog.add(big);
    small.fill("x");
    const blocks = backlog.take(Number.POSITIVE_INFINITY);
    expect(blocks[0]!.toString()).toBe("a".repeat(100));
    expect(blocks[1]).toBe(big);
  });
});
