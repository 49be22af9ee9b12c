import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Batch, Slice } from "../src/batch.ts";

function batchOf(count: number): Batch<string> {
  const batch = new Batch("m0", 100);
  for (let i = 1; i < count; i++) batch.add(`m${i}`, 100 + i);
  return batch;
}

describe("Batch", () => {
  test("numbers its messages from 0", () => {
    const batch = new Batch("x", 5);
    expect(batch.add("y", 8)).toBe(1);
    expect(batch.add("z", 9)).toBe(2);
    expect(batch.messages).toEqual(["x", "y", "z"]);
    expect(batch.sequences).toEqual([5, 8, 9]);
  });

  test("hands out a copy as long as it can grow, and itself once it can't", () => {
    const batch = batchOf(2);
    const early = batch.slice(0, 2);
    batch.add("late", 200);
    expect(early).toEqual(["m0", "m1"]);
    expect(batch.slice(0, 3)).not.toBe(batch.messages);
    batch.seal();
    expect(batch.slice(0, 3)).toBe(batch.messages);
    expect(batch.slice(0, 2)).not.toBe(batch.messages);
    expect(batch.slice(1, 3)).not.toBe(batch.messages);
  });

  test("a second call for the same range gives the same array; any other range is right", () => {
    const range = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })).map(([a, b]) => ({
      start: Math.min(a, b),
      end: Math.max(a, b) + 1,
    }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 2 }), fc.boolean(), (ranges, isSealed) => {
        const batch = batchOf(6);
        if (isSealed) batch.seal();
        for (const { start, end } of ranges) {
          const slice = batch.slice(start, end);
          expect(slice).toEqual(["m0", "m1", "m2", "m3", "m4", "m5"].slice(start, end));
          expect(batch.slice(start, end)).toBe(slice);
        }
      }),
    );
  });
});

describe("Slice", () => {
  test("is its range without the skipped messages, and so are its sequences", () => {
    const sliceParts = fc
      .tuple(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), fc.nat({ max: 10 }), fc.nat({ max: 5 }))
      .map(([isSkipped, before, after]) => ({ isSkipped, before, after }));
    fc.assert(
      fc.property(sliceParts, ({ isSkipped, before, after }) => {
        const end = before + isSkipped.length;
        const batch = batchOf(end + after);
        const indexes = isSkipped.map((_, i) => before + i);
        const skips = indexes.filter((_, i) => isSkipped[i]);
        const kept = indexes.filter((_, i) => !isSkipped[i]);
        const slice = new Slice(batch, before, end, skips);
        expect(slice.messages()).toEqual(kept.map((i) => `m${i}`));
        expect(slice.sequences()).toEqual(kept.map((i) => 100 + i));
        expect(batch.messages).toHaveLength(end + after);
      }),
    );
  });

  test("without skips, slices of one range share the array", () => {
    const batch = batchOf(4);
    expect(new Slice(batch, 1, 3).messages()).toBe(new Slice(batch, 1, 3).messages());
    expect(new Slice(batch, 1, 3).sequences()).toEqual([101, 102]);
  });
});
