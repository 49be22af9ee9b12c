import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Batch, Slice } from "../src/batch.ts";
import { MAX_CACHED_MESSAGES, MergeCache, merge } from "../src/merge.ts";

/** A slice of all the given sequence numbers, with messages that name them. */
function sliceOf(sequences: readonly number[], sharedId = 0): Slice<string> {
  const [first, ...rest] = sequences;
  const batch = new Batch(`m${first}`, first as number);
  for (const sequence of rest) batch.add(`m${sequence}`, sequence);
  return new Slice(batch, 0, sequences.length, null, sharedId);
}

describe("merge", () => {
  test("orders the messages of all slices by their sequence numbers", () => {
    // For each message in publish order, the topic that it was published to.
    const topicOfMessage = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 60, size: "max" });
    fc.assert(
      fc.property(topicOfMessage, (topics) => {
        const slices = [...new Set(topics)].map((topic) =>
          sliceOf([...topics.keys()].filter((sequence) => topics[sequence] === topic)),
        );
        expect(merge(slices)).toEqual(topics.map((_, sequence) => `m${sequence}`));
      }),
    );
  });

  test("leaves out the messages that a slice leaves out", () => {
    const { batch } = sliceOf([1, 4, 5, 9]);
    const slices = [new Slice(batch, 1, 4, [2]), sliceOf([2, 3, 7])];
    expect(merge(slices)).toEqual(["m2", "m3", "m4", "m7", "m9"]);
  });

  test("joins slices that follow one another, and leaves out what they leave out", () => {
    const { batch } = sliceOf([1, 2, 3, 4]);
    const slices = [new Slice(batch, 0, 3, [1]), sliceOf([4]), sliceOf([5, 8])];
    expect(merge(slices)).toEqual(["m1", "m3", "m4", "m5", "m8"]);
    expect(merge([...slices, sliceOf([7, 9])])).toEqual(["m1", "m3", "m4", "m5", "m7", "m8", "m9"]);
  });

  test("gives an array of its own, also of one message each", () => {
    const slices = [sliceOf([1]), sliceOf([2])];
    expect(merge(slices)).not.toBe(merge(slices));
    expect(slices.map((slice) => slice.messages())).toEqual([["m1"], ["m2"]]);
  });

  test("one slice needs no merging: its array is shared", () => {
    const slice = sliceOf([1, 2]);
    expect(merge([slice])).toBe(slice.messages());
  });
});

describe("MergeCache", () => {
  test("the same shared slices give the same array until it is cleared", () => {
    const cache = new MergeCache<string>();
    const a = sliceOf([1, 3], 1);
    const b = sliceOf([2], 2);
    const c = sliceOf([4], 3);
    const ab = cache.merge([a, b]);
    const ac = cache.merge([a, c]);
    expect(ab).toEqual(["m1", "m2", "m3"]);
    expect(ac).toEqual(["m1", "m3", "m4"]);
    expect(cache.merge([a, b, c])).toEqual(["m1", "m2", "m3", "m4"]);
    expect(cache.merge([a, b])).toBe(ab);
    expect(cache.merge([a, c])).toBe(ac);
    cache.clear();
    expect(cache.merge([a, b])).not.toBe(ab);
  });

  test("a slice that one subscriber holds is never looked up", () => {
    const cache = new MergeCache<string>();
    const shared = sliceOf([1], 1);
    expect(cache.merge([shared, sliceOf([2])])).toEqual(["m1", "m2"]);
    expect(cache.merge([shared, sliceOf([3])])).toEqual(["m1", "m3"]);
  });

  test("a merge that can't be shared is not cached, so it replaces no other", () => {
    const cache = new MergeCache<string>();
    const pair = [sliceOf([1], 1), sliceOf([2], 2)];
    const merged = cache.merge(pair);
    const odd = Array.from({ length: MAX_CACHED_MESSAGES }, (_, i) => 2 * i + 1);
    cache.merge([sliceOf([0], 3), sliceOf(odd)]);
    expect(cache.merge(pair)).toBe(merged);
  });

  test("different slices with the same hash give different arrays", () => {
    const cache = new MergeCache<string>();
    // Two pairs of numbers of the same FNV-1a hash.
    const hashOf = (id: number): number => Math.imul(0x811c9dc5 ^ id, 0x01000193);
    const collidingWith7 = hashOf(1) ^ hashOf(2) ^ 7;
    const first = [sliceOf([1], 1), sliceOf([2], 7)];
    const second = [sliceOf([3], 2), sliceOf([4], collidingWith7)];
    expect(cache.merge(first)).toEqual(["m1", "m2"]);
    expect(cache.merge(second)).toEqual(["m3", "m4"]);
    expect(cache.merge(first)).toEqual(["m1", "m2"]);
    // A third slice that does not change the hash of the first two.
    const inverseOfPrime = 0x359c449b;
    const hashOfFirst = Math.imul(hashOf(1) ^ 7, 0x01000193);
    const neutral = hashOfFirst ^ Math.imul(hashOfFirst, inverseOfPrime);
    expect(cache.merge([...first, sliceOf([9], neutral)])).toEqual(["m1", "m2", "m9"]);
  });

  test("is cleared when it holds too much", () => {
    const cache = new MergeCache<string>();
    const big = sliceOf(
      Array.from({ length: MAX_CACHED_MESSAGES - 10 }, (_, i) => i * 2),
      1,
    );
    const odd = sliceOf([1], 2);
    const merged = cache.merge([big, odd]);
    expect(cache.merge([big, odd])).toBe(merged);
    cache.merge([
      odd,
      sliceOf(
        Array.from({ length: 20 }, (_, i) => i * 2),
        3,
      ),
    ]);
    expect(cache.merge([big, odd])).not.toBe(merged);
  });
});
