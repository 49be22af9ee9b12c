import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { currentDate } from "../../src/http/date.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("is the current second as an IMF-fixdate, and the next one when that is over", () => {
  vi.setSystemTime(new Date("1994-11-06T08:49:37.250Z"));
  // RFC 9110 §5.6.7 has this example.
  expect(currentDate()).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  vi.advanceTimersByTime(740);
  expect(currentDate()).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  vi.advanceTimersByTime(20);
  expect(currentDate()).toBe("Sun, 06 Nov 1994 08:49:38 GMT");
  vi.advanceTimersByTime(3_600_000);
  expect(currentDate()).toBe("Sun, 06 Nov 1994 09:49:38 GMT");
});
