import { expect, it } from "vitest";
import { Backoff, SOUND_MS } from "../../src/workers/backoff.ts";

it("starts a worker again at once, and one that keeps ending later each time, up to half a minute", () => {
  const backoff = new Backoff();
  const delays = Array.from({ length: 12 }, () => backoff.ended(SOUND_MS - 1));
  expect(delays).toEqual([0, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  // After a thousand the number is still one.
  for (let i = 0; i < 2000; i++) backoff.ended(0);
  expect(backoff.ended(0)).toBe(30_000);
  expect([backoff.ended(SOUND_MS), backoff.ended(0)]).toEqual([0, 100]);
});
