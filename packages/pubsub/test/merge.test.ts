import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Batch, Portion } from "../src/batch.ts";
import { MAX_REMEMBERED_MESSAGES, MergeCache, merge } from "../src/merge.ts";

/** A portion of all the given sequence numbers, with messages that name them. */
function portionOf(sequences: readonly number[], sharedId = 0): Portion<string> {
  const [first, ...rest] = sequences;
  const batch = new Batch(`m${first}`, first as number);
  for (const sequence of rest) batch.add(`m${sequence}`, sequence);
  return new Portion(batch, 0, sequences.length, null, sharedId);
}

describe("merge", () => {
  test("orders the messages of all portions by their sequence numbers", () => {
    // For each message in publish order, the topic that it was published to.
    const topicOfMessage = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 60, size: "max" });
    fc.assert(
      fc.property(topicOfMessage, (topics) => {
        const portions = [...new Set(topics)].map((topic) =>
          portionOf([...topics.keys()].filter((sequence) => topics[sequence] === topic)),
        );
        expect(merge(portions)).toEqual(topics.map((_, sequence) => `m${sequence}`));
      }),
    );
  });

  test("leaves out what a portion leaves out", () => {
    const { batch } = portionOf([1, 4, 5, 9]);
    const portions = [new Portion(batch, 1, 4, [2]), portionOf([2, 3, 7])];
    expect(merge(portions)).toEqual(["m2", "m3", "m4", "m7", "m9"]);
  });

  test("one portion needs no merging: its array is shared", () => {
    const portion = portionOf([1, 2]);
    expect(merge([portion])).toBe(portion.messages());
  });
});

describe("MergeCache", () => {
  test("the same shared portions give the same array until it is cleared", () => {
    const cache = new MergeCache<string>();
    const a = portionOf([1, 3], 1);
    const b = portionOf([2], 2);
    const c = portionOf([4], 3);
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

  test("a portion that one subscriber holds is never looked up", () => {
    const cache = new MergeCache<string>();
    const shared = portionOf([1], 1);
    expect(cache.merge([shared, portionOf([2])])).toEqual(["m1", "m2"]);
    expect(cache.merge([shared, portionOf([3])])).toEqual(["m1", "m3"]);
  });

  test("what can't be shared is not remembered, so it pushes nothing out", () => {
    const cache = new MergeCache<string>();
    const pair = [portionOf([1], 1), portionOf([2], 2)];
    const merged = cache.merge(pair);
    const odd = Array.from({ length: MAX_REMEMBERED_MESSAGES }, (_, i) => 2 * i + 1);
    cache.merge([portionOf([0], 3), portionOf(odd)]);
    expect(cache.merge(pair)).toBe(merged);
  });

  test("portions with the same hash are told apart", () => {
    const cache = new MergeCache<string>();
    // Two pairs of numbers that the cache's hash (FNV-1a) takes for the same.
    const hashOf = (id: number): number => Math.imul(0x811c9dc5 ^ id, 0x01000193);
    const collidingWith7 = hashOf(1) ^ hashOf(2) ^ 7;
    const first = [portionOf([1], 1), portionOf([2], 7)];
    const second = [portionOf([3], 2), portionOf([4], collidingWith7)];
    expect(cache.merge(first)).toEqual(["m1", "m2"]);
    expect(cache.merge(second)).toEqual(["m3", "m4"]);
    expect(cache.merge(first)).toEqual(["m1", "m2"]);
    // A third portion that leaves the hash of the first two as it is.
    const inverseOfPrime = 0x359c449b;
    const hashOfFirst = Math.imul(hashOf(1) ^ 7, 0x01000193);
    const neutral = hashOfFirst ^ Math.imul(hashOfFirst, inverseOfPrime);
    expect(cache.merge([...first, portionOf([9], neutral)])).toEqual(["m1", "m2", "m9"]);
  });

  test("forgets when it holds too much", () => {
    const cache = new MergeCache<string>();
    const big = portionOf(
      Array.from({ length: MAX_REMEMBERED_MESSAGES - 10 }, (_, i) => i * 2),
      1,
    );
    const odd = portionOf([1], 2);
    const merged = cache.merge([big, odd]);
    expect(cache.merge([big, odd])).toBe(merged);
    cache.merge([
      odd,
      portionOf(
        Array.from({ length: 20 }, (_, i) => i * 2),
        3,
      ),
    ]);
    expect(cache.merge([big, odd])).not.toBe(merged);
  });
});
