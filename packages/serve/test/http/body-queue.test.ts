import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyQueue } from "../../src/http/body-queue.ts";
import { runs } from "../support/runs.ts";

/** What it takes to hold a piece besides its bytes, at least. */
const OBJECT_BYTES = 100;

function takeAll(queue: BodyQueue): Uint8Array<ArrayBuffer>[] {
  const taken: Uint8Array<ArrayBuffer>[] = [];
  for (let bytes = queue.shift(); bytes !== undefined; bytes = queue.shift()) taken.push(bytes);
  return taken;
}

describe("a body queue", () => {
  it("gives what came, in its order, whatever the pieces and whenever they are taken", () => {
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
      { weight: 2, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 9_000, size: "max" }) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 15_000, maxLength: 70_000, size: "max" }) },
    );
    fc.assert(
      fc.property(fc.array(fc.option(piece), { maxLength: 30 }), (steps) => {
        const queue = new BodyQueue();
        const lent = Buffer.alloc(70_000);
        const taken: Uint8Array<ArrayBuffer>[] = [];
        let size = 0;
        for (const step of steps) {
          if (step === null) {
            const bytes = queue.shift();
            expect(bytes === undefined).toBe(size === 0);
            if (bytes !== undefined) {
              taken.push(bytes);
              size -= bytes.length;
            }
          } else {
            lent.set(step);
            queue.push(lent.subarray(0, step.length));
            lent.fill(0);
            size += step.length;
          }
          expect(queue.size).toBe(size);
          expect(queue.empty).toBe(size === 0);
        }
        taken.push(...takeAll(queue));
        const came = Buffer.concat(steps.filter((step) => step !== null));
        expect(Buffer.compare(Buffer.concat(taken), came)).toBe(0);
        // Memory of their own, and no more of it: a reader may transfer it.
        for (const bytes of taken) expect(bytes.buffer.byteLength).toBe(bytes.length);
      }),
      runs(200),
    );
  });

  it.each([
    1, 2, 100, 5_000, 8_191, 8_192, 8_193, 16_384, 65_536,
  ])("costs little more than its bytes in pieces of %i", (length) => {
    const queue = new BodyQueue();
    const piece = Buffer.alloc(length, "x");
    let size = 0;
    for (; size < 65_536; size += length) queue.push(piece);
    const taken = takeAll(queue);
    expect(taken.length * OBJECT_BYTES).toBeLessThan(size / 10);
  });

  it("is empty when it is cleared", () => {
    const queue = new BodyQueue();
    queue.push(Buffer.from("abc"));
    queue.clear();
    expect([queue.size, queue.empty, queue.shift()]).toEqual([0, true, undefined]);
    queue.push(Buffer.from("d"));
    expect(takeAll(queue)).toEqual([Uint8Array.of(100)]);
  });
});
