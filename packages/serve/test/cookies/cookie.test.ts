import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cookie } from "../../src/cookies/cookie.ts";
import type { CookieInit, CookieSameSite } from "../../src/cookies/types.ts";

const DEFAULTS = { path: "/", secure: false, sameSite: "lax", httpOnly: false, partitioned: false };
const EVERYTHING: CookieInit = {
  domain: "example.com",
  path: "/a b",
  expires: new Date(0),
  maxAge: 60,
  secure: true,
  sameSite: "none",
  httpOnly: true,
  partitioned: true,
};
const WRITTEN =
  "a=b; Domain=example.com; Path=/a b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; Secure; HttpOnly; Partitioned; SameSite=None";

/** What the types forbid. */
const make = (...args: unknown[]): Cookie => Reflect.construct(Cookie, args) as Cookie;

describe("a cookie is made of", () => {
  it.each<[string, () => Cookie]>([
    ["name and value", () => new Cookie("a", "b")],
    ["the same, by from", () => Cookie.from("a", "b")],
    ["a cookie string", () => new Cookie("a=b")],
    ["the same, by parse", () => Cookie.parse("a=b; Path=/; SameSite=Lax")],
    ["an object", () => new Cookie({ name: "a", value: "b" })],
    [
      "nothing that is null",
      () =>
        new Cookie({
          name: "a",
          value: "b",
          domain: null,
          path: null,
          expires: null,
          maxAge: null,
          sameSite: null,
        }),
    ],
    ["options that are null", () => new Cookie("a", "b", null)],
    ["options in which it is called otherwise", () => new Cookie("a", "b", { name: "x", value: "y" })],
  ])("%s", (_, made) => {
    expect(made().toJSON()).toEqual({ name: "a", value: "b", ...DEFAULTS });
    expect(String(made())).toBe("a=b; Path=/; SameSite=Lax");
  });

  it.each<[string, () => Cookie]>([
    ["name, value and options", () => new Cookie("a", "b", EVERYTHING)],
    ["the same, by from", () => Cookie.from("a", "b", EVERYTHING)],
    ["a cookie string", () => new Cookie(WRITTEN)],
    ["an object", () => new Cookie({ ...EVERYTHING, name: "a", value: "b" })],
    ["a cookie", () => new Cookie(new Cookie("a", "b", EVERYTHING))],
    ["its own JSON", () => new Cookie(new Cookie("a", "b", EVERYTHING).toJSON())],
  ])("everything: %s", (_, made) => {
    expect(made().serialize()).toBe(WRITTEN);
    expect(made().toString()).toBe(WRITTEN);
    expect(made().toJSON()).toEqual({ ...EVERYTHING, name: "a", value: "b" });
  });

  it("no value, which is an empty one", () => expect(new Cookie({ name: "a" }).value).toBe(""));

  it("what becomes text, as headers do", () => {
    expect(make(5, 6).toJSON()).toMatchObject({ name: "5", value: "6" });
    expect(make("a", undefined).value).toBe("undefined");
  });
});

describe("what is no cookie", () => {
  it.each<[string, unknown[]]>([
    ["nothing", []],
    ["null", [null]],
    ["a number", [5]],
    ["text without =", ["a"]],
    ["no name", [{ value: "b" }]],
    ["an empty name", ["", "b"]],
    ["options that are text", ["a", "b", "c"]],
    ...["a b", "a=b", "a;b", "\u00e9", "a\0", "a\n", "a\t", "a\x7f"].map((name): [string, unknown[]] => [
      `the name ${JSON.stringify(name)}`,
      [name, ""],
    ]),
    ...["EX.com", "a b", "a;b", "\u00e9", "a\n", "a_b", "a:1"].map((domain): [string, unknown[]] => [
      `the domain ${JSON.stringify(domain)}`,
      ["a", "", { domain }],
    ]),
    ...["/;", "/\u00e9", "/\n", "/\x7f"].map((path): [string, unknown[]] => [
      `the path ${JSON.stringify(path)}`,
      ["a", "", { path }],
    ]),
    ...["x", "", true, 5, "constructor"].map((sameSite): [string, unknown[]] => [
      `sameSite ${JSON.stringify(sameSite)}`,
      ["a", "", { sameSite }],
    ]),
    ...[Number.NaN, Number.POSITIVE_INFINITY, "5", {}, true].map((maxAge): [string, unknown[]] => [
      `maxAge ${inspect(maxAge)}`,
      ["a", "", { maxAge }],
    ]),
    ...["", "x", "2020-01-01", {}, true].map((expires): [string, unknown[]] => [
      `expires ${inspect(expires)}`,
      ["a", "", { expires }],
    ]),
  ])("%s", (_, args) => expect(() => make(...args)).toThrow(TypeError));

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 8.65e12, new Date(Number.NaN)])("expires %s", (expires) => {
    expect(() => new Cookie("a", "b", { expires })).toThrow(RangeError);
  });

  it("a call without new", () => {
    expect(() => (Cookie as unknown as () => void)()).toThrow(TypeError);
    // One value alone would be the cookie `a=undefined`.
    expect(() => (Cookie.from as (name: string) => Cookie)("a")).toThrow(TypeError);
  });
});

describe("properties", () => {
  it("can be set, but for the name", () => {
    const cookie = new Cookie("a", "b");
    expect(() => Object.assign(cookie, { name: "x" })).toThrow(TypeError);
    Object.assign(cookie, { ...EVERYTHING, value: 5 });
    expect(String(cookie)).toBe(WRITTEN.replace("a=b", "a=5"));
    Object.assign(cookie, { domain: null, path: null, expires: null, maxAge: undefined, sameSite: "STRICT" });
    expect(String(cookie)).toBe("a=5; Path=/; Secure; HttpOnly; Partitioned; SameSite=Strict");
    Object.assign(cookie, { secure: 0, httpOnly: "", partitioned: null });
    expect(cookie).toMatchObject({ ...DEFAULTS, domain: null, sameSite: "strict" });
    expect([cookie.expires, cookie.maxAge]).toEqual([undefined, undefined]);
  });

  it.each([
    ["domain", "X"],
    ["path", "/;"],
    ["maxAge", "5"],
    ["expires", "x"],
    ["sameSite", null],
  ])("%s: a wrong one is refused, and the old one stays", (name, value) => {
    const cookie = new Cookie("a", "b", EVERYTHING);
    expect(() => Object.assign(cookie, { [name]: value })).toThrow(TypeError);
    expect(String(cookie)).toBe(WRITTEN);
  });

  it("an empty path is left to the browser", () => {
    expect(String(new Cookie("a", "b", { path: "" }))).toBe("a=b; SameSite=Lax");
  });

  it("a date is copied", () => {
    const expires = new Date(5000);
    const cookie = new Cookie("a", "b", { expires });
    expires.setTime(0);
    expect(cookie.expires?.getTime()).toBe(5000);
  });

  it("a number for expires is seconds, a string a date as in HTTP", () => {
    expect(new Cookie("a", "b", { expires: 1.5 }).expires?.getTime()).toBe(1500);
    expect(new Cookie("a", "b", { expires: "Thu, 01 Jan 1970 00:00:05 GMT" }).expires?.getTime()).toBe(5000);
  });
});

describe("written", () => {
  it.each([
    [1.5, "2"],
    [0.5, "1"],
    [-1.5, "-1"],
    [-0.5, "0"],
    [0, "0"],
    [1e21, "9007199254740991"],
    [-1e21, "-9007199254740991"],
  ])("Max-Age of %d as %s: whole seconds in digits (RFC 6265 §4.1.1)", (maxAge, digits) => {
    expect(String(new Cookie("a", "", { maxAge }))).toBe(`a=; Path=/; Max-Age=${digits}; SameSite=Lax`);
  });

  it("is read as what it was", () => {
    const cookie = fc.record({
      domain: fc.option(fc.stringMatching(/^[a-z0-9.-]{1,8}$/)),
      path: fc.stringMatching(/^\/([\x21-\x3a\x3c-\x7e]{0,8})$/),
      expires: fc.option(fc.integer({ min: -1e9, max: 4e9 })),
      maxAge: fc.option(fc.integer()),
      secure: fc.boolean(),
      httpOnly: fc.boolean(),
      partitioned: fc.boolean(),
      sameSite: fc.constantFrom<CookieSameSite>("strict", "lax", "none"),
    });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\x21-\x3a\x3c\x3e-\x7e]{1,8}$/),
        fc.string(),
        cookie,
        (name, value, init) => {
          const written = new Cookie(name, value, init);
          const read = new Cookie(written.serialize());
          read.value = decodeURIComponent(read.value);
          expect(read.toJSON()).toEqual(written.toJSON());
        },
      ),
    );
  });

  it("is one field of HTTP, whatever it is made of", () => {
    const text = fc.string({ unit: "binary" });
    const anything = fc.record(
      { name: text, value: text, domain: text, path: text },
      { requiredKeys: ["name"] },
    );
    fc.assert(
      fc.property(anything, (init) => {
        let written: string;
        try {
          written = new Cookie(init).serialize();
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        expect(written).toMatch(/^[\x20-\x7e]+$/);
        expect(written.split(";").length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe("isExpired()", () => {
  const past = new Date(Date.now() - 1000);
  const future = new Date(Date.now() + 1_000_000);
  it.each<[CookieInit, boolean]>([
    [{}, false],
    [{ expires: past }, true],
    [{ expires: future }, false],
    [{ maxAge: 1 }, false],
    [{ maxAge: 0 }, true],
    [{ maxAge: -1 }, true],
    [{ maxAge: 1, expires: past }, false],
    [{ maxAge: 0, expires: future }, true],
  ])("%o: %s (RFC 6265 §5.3: Max-Age comes first)", (options, expired) => {
    expect(new Cookie("a", "b", options).isExpired()).toBe(expired);
  });
});

it("is shown by console.log with all that it has", () => {
  expect(inspect(new Cookie("a", "b", { maxAge: 5 }))).toMatch(/^Cookie \{[\s\S]*name: 'a'[\s\S]*maxAge: 5/);
  expect(Object.prototype.toString.call(new Cookie("a", "b"))).toBe("[object Cookie]");
  expect(JSON.stringify(new Cookie("a", "b"))).toBe(JSON.stringify({ name: "a", value: "b", ...DEFAULTS }));
});
