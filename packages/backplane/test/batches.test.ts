import { expect, test } from "vitest";
import { batches } from "../src/batches.ts";
import { BATCH_CHANNELS, BATCH_CHARACTERS } from "../src/limits.ts";

test("lists of channels are divided by their number and by their length; nothing is lost", () => {
  const short = Array.from({ length: 2 * BATCH_CHANNELS + 1 }, (_, i) => String(i));
  const long = ["a".repeat(BATCH_CHARACTERS - 1), "b", "c", "d".repeat(BATCH_CHARACTERS + 1), "e"];
  const lengths = (list: readonly string[]) => [...batches(list)].map((batch) => batch.length);
  expect(lengths(short)).toEqual([BATCH_CHANNELS, BATCH_CHANNELS, 1]);
  expect(lengths(long)).toEqual([2, 1, 1, 1]);
  expect(lengths([])).toEqual([]);
  expect([...batches([...short, ...long])].flat()).toEqual([...short, ...long]);
});
