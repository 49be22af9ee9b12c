import fc from "fast-check";
import { getCookies, Headers as UndiciHeaders } from "undici";
import { describe, expect, it } from "vitest";
import {
  clampSeconds,
  encodeCookieValue,
  parseCookieHeader,
  parseSetCookie,
} from "../../src/cookies/grammar.ts";

describe("a Cookie field (RFC 6265 §4.2.1)", () => {
  it.each<[string, [string, string][]]>([
    ["", []],
    [";;  ;", []],
    [
      "a=1; b=2",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "a=1;b=2;",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [" a\t=\t1 ", [["a", "1"]]],
    [
      "a=1; a=2",
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    ["a; =b; =; c=", [["c", ""]]],
    ["a=b=c", [["a", "b=c"]]],
    ["a=1, b=2", [["a", "1, b=2"]]],
    ['a="b c"', [["a", '"b c"']]],
    ["a=%20%C3%A9", [["a", " é"]]],
    ["%61=b", [["%61", "b"]]],
    ["a=b+c", [["a", "b+c"]]],
    [
      "__proto__=1; $Version=1",
      [
        ["__proto__", "1"],
        ["$Version", "1"],
      ],
    ],
    // A byte of UTF-8 that Unicode has as a space.
    ["a=\u00c3\u00a0", [["a", "\u00c3\u00a0"]]],
  ])("%j", (header, pairs) => expect(parseCookieHeader(header)).toEqual(pairs));

  it.each([
    "100%",
    "%zz",
    "%C3",
    "%41%ff",
  ])("leaves %s as it is, which is no percent-encoded UTF-8", (value) => {
    expect(parseCookieHeader(`a=${value}`)).toEqual([["a", value]]);
  });

  it("gives back what was encoded", () => {
    const name = fc.stringMatching(/^[\x21-\x3a\x3c\x3e-\x7e]{1,8}$/);
    const value = fc.string({ unit: "grapheme", maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const header = pairs.map(([name, value]) => `${name}=${encodeCookieValue(value)}`).join("; ");
        expect(parseCookieHeader(header)).toEqual(pairs);
      }),
    );
  });

  it("is read as undici reads it, but for encoding and what has no name or no =", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "=", ";", " ", '"', "\u00e9"), maxLength: 20 });
    fc.assert(
      fc.property(text, (header) => {
        const parts = header.split(";").filter((part) => part.includes("="));
        const expected = getCookies(new UndiciHeaders({ cookie: parts.join(";") }));
        delete expected[""];
        const trimmed = Object.entries(expected).map(([name, value]) => [name, value.trim()]);
        expect(Object.fromEntries(parseCookieHeader(header))).toEqual(Object.fromEntries(trimmed));
      }),
    );
  });

  it("is read in time that grows with its length, also with long rows of spaces", () => {
    const spaces = " ".repeat(500_000);
    expect(parseCookieHeader(`a=b${spaces}c; d=${spaces}`)).toEqual([
      ["a", `b${spaces}c`],
      ["d", ""],
    ]);
  });
});

describe("a Set-Cookie field (RFC 6265 §5.2)", () => {
  it("has attributes in any order and case", () => {
    expect(
      parseSetCookie(
        "a = b ;SECURE;  max-age=5 ;HttpOnly=x; PATH=/x;domain=.EX.com; SameSite=STRICT; Partitioned; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
      ),
    ).toEqual({
      name: "a",
      value: "b",
      secure: true,
      maxAge: 5,
      httpOnly: true,
      path: "/x",
      domain: ".ex.com",
      sameSite: "strict",
      partitioned: true,
      expires: new Date(0),
    });
  });

  it.each([
    "Max-Age",
    "Max-Age=",
    "Max-Age=x",
    "Max-Age=1.5",
    "Max-Age=+5",
    "Max-Age=5x",
    "Domain",
    "Domain=",
    "SameSite=x",
    "Expires=x",
    "Expires",
    "x=y",
    "=",
    "=x",
  ])("ignores %j", (attribute) =>
    expect(parseSetCookie(`a=b; ${attribute}`)).toEqual({ name: "a", value: "b" }));

  it.each<[string, object]>([
    ["Path=/a; Path=/b", { path: "/b" }],
    ["Path", { path: "/" }],
    ["Path=x", { path: "/" }],
    ["Path=/a; Path=x", { path: "/" }],
    ["Max-Age=1; Max-Age=2", { maxAge: 2 }],
    ["Max-Age=-1", { maxAge: -1 }],
    [`Max-Age=${"9".repeat(400)}`, { maxAge: Number.MAX_SAFE_INTEGER }],
  ])("%s: the last one counts, and what it means", (attributes, expected) => {
    expect(parseSetCookie(`a=b; ${attributes}`)).toEqual({ name: "a", value: "b", ...expected });
  });

  it.each([
    "",
    "a",
    ";a=b",
    "a; b=c",
    " a=b",
    "a=b ",
    "a=b\n",
    "a=\0",
    "a=\u0100",
    "a=b\r\nX: y",
  ])("refuses %j", (text) => expect(() => parseSetCookie(text)).toThrow(TypeError));

  it("leaves the value as it is", () => {
    expect(parseSetCookie('a="%20 =x"').value).toBe('"%20 =x"');
  });
});

describe("what is written", () => {
  it("is a cookie-value (RFC 6265 §4.1.1), whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(encodeCookieValue(value)).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/);
      }),
    );
    expect(encodeCookieValue("a\ud800")).toBe("a%EF%BF%BD");
  });

  it("counts seconds in digits", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (seconds) => {
        expect(String(clampSeconds(Math.ceil(seconds)))).toMatch(/^-?[0-9]+$/);
      }),
    );
  });
});
