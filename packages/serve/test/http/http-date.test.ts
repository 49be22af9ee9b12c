import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { currentDate, formatHTTPDate, parseHTTPDate } from "../../src/http/http-date.ts";
import { useFakeNodeTimers, useRealNodeTimers } from "../support/fake-node-timers.ts";

const EXAMPLE = 784_111_777;

describe("an HTTP-date (RFC 9110 §5.6.7)", () => {
  it.each([
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ])("%s", (text) => {
    expect(parseHTTPDate(text)).toBe(EXAMPLE);
  });

  it("is read as it was written, whenever it is", () => {
    const seconds = fc.integer({
      min: Date.UTC(0, 0) / 1000 - 60 * 365 * 86_400,
      max: Date.UTC(9999, 11, 31) / 1000,
    });
    fc.assert(
      fc.property(seconds, (time) => {
        expect(parseHTTPDate(formatHTTPDate(time))).toBe(time);
      }),
    );
  });

  it("of two digits' year is at most 50 years ahead", () => {
    const now = Date.UTC(2026, 5);
    const year = (text: string): number => new Date(parseHTTPDate(text, now)! * 1000).getUTCFullYear();
    expect(year("Friday, 06-Mar-76 08:49:37 GMT")).toBe(2076);
    expect(year("Monday, 01-Jun-76 00:00:00 GMT")).toBe(2076);
    expect(year("Tuesday, 01-Jun-76 00:00:01 GMT")).toBe(1976);
    expect(year("Saturday, 06-Nov-76 08:49:37 GMT")).toBe(1976);
    expect(year("Sunday, 06-Nov-77 08:49:37 GMT")).toBe(1977);
    expect(year("Sunday, 06-Nov-00 08:49:37 GMT")).toBe(2000);
  });

  it.each([
    "",
    "garbage",
    "0",
    "1994-11-06T08:49:37Z",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "sun, 06 nov 1994 08:49:37 gmt",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 31 Apr 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun Nov 06 08:49:37 94",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
  ])("is not %j", (text) => {
    expect(parseHTTPDate(text)).toBeNull();
  });

  it("may have a leap second", () => {
    expect(parseHTTPDate("Sat, 31 Dec 2016 23:59:60 GMT")).toBe(Date.UTC(2017, 0) / 1000);
  });
});

describe("the current second", () => {
  beforeEach(() => useFakeNodeTimers());
  afterEach(() => useRealNodeTimers());

  it("is an IMF-fixdate, and the next one when it is over", () => {
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
});
