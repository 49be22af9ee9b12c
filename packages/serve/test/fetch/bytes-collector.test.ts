import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BytesCollector, TextCollector } from "../../src/fetch/bytes.ts";
import { runs } from "../support/runs.ts";

const MIB = 1024 * 1024;

/** Content in pieces, which come in one memory that is used again, and whether its length is known. */
const pieces = fc.record({
  pieces: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40_000 }), { maxLength: 12 }),
  known: fc.boolean(),
});

describe("a collector", () => {
  it("gives what came, as bytes and as text", () => {
    fc.assert(
      fc.property(pieces, ({ pieces: given, known }) => {
        const content = Buffer.concat(given);
        const size = known ? content.length : undefined;
        const bytes = new BytesCollector(size);
        const text = new TextCollector(size);
        const lent = Buffer.alloc(40_000);
        for (const piece of given) {
          lent.set(piece);
          bytes.push(lent.subarray(0, piece.length));
          text.push(lent.subarray(0, piece.length));
          lent.fill(0);
        }
        const taken = bytes.take();
        expect(Buffer.compare(taken, content)).toBe(0);
        // Memory of its own, and no more of it: it may be transferred.
        expect(taken.buffer.byteLength).toBe(content.length);
        expect(text.take() === new TextDecoder().decode(content)).toBe(true);
      }),
      runs(100),
    );
  });

  it("does not copy what was written into its next memory", () => {
    const given = fc.record({
      content: fc.uint8Array({ maxLength: 200_000 }),
      parts: fc.array(fc.record({ count: fc.integer({ min: 1, max: 60_000 }), direct: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
    });
    fc.assert(
      fc.property(given, ({ content, parts }) => {
        const bytes = new BytesCollector(content.length);
        const text = new TextCollector(content.length);
        for (const collector of [bytes, text]) {
          let at = 0;
          for (let i = 0; at < content.length; i++) {
            const { count, direct } = parts[i % parts.length]!;
            const memory = direct ? collector.nextMemory() : null;
            if (memory !== null) expect(memory.length).toBeLessThanOrEqual(content.length - at);
            const end = Math.min(at + Math.min(count, memory?.length ?? count), content.length);
            const piece = content.subarray(at, end);
            memory?.set(piece);
            collector.push(memory === null ? piece : memory.subarray(0, piece.length));
            at = end;
          }
          expect(collector.nextMemory()).toBe(null);
        }
        const taken = bytes.take();
        expect(Buffer.compare(taken, content)).toBe(0);
        expect(taken.buffer.byteLength).toBe(content.length);
        expect(text.take() === new TextDecoder().decode(content)).toBe(true);
      }),
      runs(100),
    );
  });

  it("has no memory for bytes of which it does not know whether they are the body's", () => {
    const bytes = new BytesCollector(undefined);
    expect(bytes.nextMemory()).toBe(null);
    bytes.push(new Uint8Array(100));
    expect(bytes.nextMemory()).toBe(null);
  });

  it("gives memory of its own also if nothing came", () => {
    const first = new BytesCollector(undefined).take();
    structuredClone(first, { transfer: [first.buffer] });
    const bytes = new BytesCollector(undefined);
    bytes.push(Buffer.from("abc"));
    expect(Buffer.from(bytes.take()).toString()).toBe("abc");
    expect(new BytesCollector(undefined).take().buffer).not.toBe(first.buffer);
  });

  it.each([
    undefined,
    10 * MIB,
    128 * MIB,
  ])("takes memory as content comes, if %s bytes are announced", (size) => {
    const bytes = new BytesCollector(size);
    const before = process.memoryUsage().arrayBuffers;
    bytes.push(new Uint8Array(1000));
    expect(bytes.nextMemory()?.length ?? 0).toBeLessThan(MIB);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MIB);
  });
});
