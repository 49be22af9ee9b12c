import { expect, test } from "vitest";
import { FIRST_DELAY_MS, MOST_DELAY_MS } from "../src/limits.ts";
import { Retry } from "../src/retry.ts";

test("delays have full jitter below a bound that doubles up to 5 s, and begins anew after a good attempt", () => {
  const delaysWith = (random: number) => {
    const retry = new Retry({ firstMs: FIRST_DELAY_MS, mostMs: MOST_DELAY_MS, random: () => random });
    const delays = Array.from({ length: 9 }, () => retry.nextDelay());
    for (let i = 0; i < 2000; i++) expect(retry.nextDelay()).toBeLessThanOrEqual(MOST_DELAY_MS);
    retry.reset();
    return [...delays, retry.nextDelay()];
  };
  expect(delaysWith(1)).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 50]);
  expect(delaysWith(0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});
