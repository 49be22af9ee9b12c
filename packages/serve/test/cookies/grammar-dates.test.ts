import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCookieDate, parseCookieDate } from "../../src/cookies/grammar.ts";

const WHEN = Date.UTC(2015, 9, 21, 7, 28, 0);

describe("the date of a cookie (RFC 6265 §5.1.1)", () => {
  it.each([
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Wednesday, 21-Oct-15 07:28:00 GMT",
    "Wed Oct 21 07:28:00 2015",
    "21 oct 2015 7:28:0",
    "2015 October 21 07:28:00",
    "07:28:00 21 OCTOBER 2015 PST",
    "Wed, 21 Oct 2015 07:28:00 +0100",
    ";07:28:00x;21st;Octember;2015a;",
  ])("reads %j", (text) => expect(parseCookieDate(text)?.getTime()).toBe(WHEN));

  it.each([
    ["69", 2069],
    ["70", 1970],
    ["99", 1999],
    ["00", 2000],
    ["1601", 1601],
    ["9999", 9999],
  ])("takes the year %s for %i", (text, year) => {
    expect(parseCookieDate(`1 Jan ${text} 00:00:00`)?.getUTCFullYear()).toBe(year);
  });

  it.each([
    "",
    "0",
    "2015-10-21",
    "2015-10-21T07:28:00Z",
    "Wed, 21 Oct 2015",
    "21 Oct 07:28:00",
    "Oct 2015 07:28:00",
    "21 2015 07:28:00",
    "21 Oct 1600 07:28:00",
    "21 Oct 20155 07:28:00",
    "21 Oct 2015 24:00:00",
    "21 Oct 2015 07:60:00",
    "21 Oct 2015 07:28:60",
    "21 Oct 2015 007:28:00",
    "00 Oct 2015 07:28:00",
    "31 Feb 2015 07:28:00",
    "29 Feb 2015 07:28:00",
    "32 Oct 2015 07:28:00",
  ])("knows that %j is none", (text) => expect(parseCookieDate(text)).toBeNull());

  it("is read in any order of its parts, with any delimiters", () => {
    const order = fc.shuffledSubarray(["Oct", "2015", "07:28:00", "GMT", "Wed"], { minLength: 5 });
    const delimiter = fc.stringMatching(/^[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]{1,3}$/);
    fc.assert(
      fc.property(order, delimiter, (parts, between) => {
        // The day comes before the year, which would else be taken for one if it had two digits.
        expect(parseCookieDate(["21", ...parts].join(between))?.getTime()).toBe(WHEN);
      }),
    );
  });

  it("is written as it is read, to the second", () => {
    const seconds = fc.integer({ min: Date.UTC(1601, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(seconds, (time) => {
        expect(parseCookieDate(formatCookieDate(new Date(time * 1000)))?.getTime()).toBe(time * 1000);
      }),
    );
  });

  it("is written as the nearest that browsers read", () => {
    expect(formatCookieDate(new Date(-8.64e15))).toBe("Mon, 01 Jan 1601 00:00:00 GMT");
    expect(formatCookieDate(new Date(8.64e15))).toBe("Fri, 31 Dec 9999 23:59:59 GMT");
  });
});
