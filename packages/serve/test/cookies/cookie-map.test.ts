import { inspect } from "node:util";
import { cpuTimer } from "@mantou/testing/cpu-time";
import { describe, expect, it } from "vitest";
import { Cookie } from "../../src/cookies/cookie.ts";
import { CookieMap } from "../../src/cookies/cookie-map.ts";
import type { CookieStoreDeleteOptions } from "../../src/cookies/types.ts";

const GONE = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
const make = (init: unknown): CookieMap => Reflect.construct(CookieMap, [init]) as CookieMap;
const received = (): CookieMap => new CookieMap("a=1; b=2; a=3");

describe("a CookieMap is made of", () => {
  it.each<[string, unknown, [string, string][]]>([
    ["nothing", undefined, []],
    ["null", null, []],
    [
      "a Cookie field",
      "a=1; b=%20",
      [
        ["a", "1"],
        ["b", " "],
      ],
    ],
    [
      "pairs",
      [
        ["a", "1"],
        ["a", "2"],
      ],
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    [
      "an object",
      { a: "1", "b;": 2 },
      [
        ["a", "1"],
        ["b;", "2"],
      ],
    ],
    ["a Map", new Map([["a", "1"]]), [["a", "1"]]],
    ["another one", new CookieMap("a=1"), [["a", "1"]]],
  ])("%s", (_, init, pairs) => {
    const map = make(init);
    expect([...map]).toEqual(pairs);
    expect(map.size).toBe(pairs.length);
    expect(map.toSetCookieHeaders()).toEqual([]);
  });

  it.each([
    5,
    true,
    Symbol("s"),
    () => {},
    [["a"]],
    [["a", "b", "c"]],
    ["ab"],
    [null],
  ])("and not of %o", (init) => {
    expect(() => make(init)).toThrow(TypeError);
  });
});

describe("what was received", () => {
  it("is found by name; the first of several counts", () => {
    const map = received();
    expect([map.get("a"), map.get("b"), map.get("A"), map.get("c")]).toEqual(["1", "2", null, null]);
    expect([map.has("a"), map.has("c"), map.has("__proto__"), map.has("toString")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(map.toJSON()).toEqual({ a: "1", b: "2" });
  });

  it("is iterated as it came", () => {
    const map = received();
    const pairs = [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ];
    expect([...map.entries()]).toEqual(pairs);
    expect([...map.keys()]).toEqual(["a", "b", "a"]);
    expect([...map.values()]).toEqual(["1", "2", "3"]);
    const seen: unknown[] = [];
    map.forEach(function (this: unknown, ...args) {
      seen.push([this, ...args]);
    }, "this");
    expect(seen).toEqual(pairs.map(([name, value]) => ["this", value, name, map]));
  });

  it("becomes JSON under any name", () => {
    expect(JSON.stringify(new CookieMap("__proto__=1; a=2"))).toBe('{"__proto__":"1","a":"2"}');
  });
});

describe("set()", () => {
  it("takes the place of all cookies of its name, and comes first", () => {
    const map = received();
    expect(map.set("a", "9")).toBeUndefined();
    map.set("c", "8");
    expect([...map]).toEqual([
      ["a", "9"],
      ["c", "8"],
      ["b", "2"],
    ]);
    expect([map.get("a"), map.size]).toEqual(["9", 3]);
    expect(map.toSetCookieHeaders()).toEqual(["a=9; Path=/; SameSite=Lax", "c=8; Path=/; SameSite=Lax"]);
    map.set("a", "7");
    expect(map.toSetCookieHeaders()).toEqual(["c=8; Path=/; SameSite=Lax", "a=7; Path=/; SameSite=Lax"]);
  });

  it("takes options, an object, or a cookie that may be changed later", () => {
    const map = new CookieMap();
    map.set("a", "1", { httpOnly: true, maxAge: 5 });
    map.set({ name: "b", value: "2", path: "/x" });
    const cookie = new Cookie("c", "3");
    map.set(cookie);
    cookie.value = "4";
    expect(map.toSetCookieHeaders()).toEqual([
      "a=1; Path=/; Max-Age=5; HttpOnly; SameSite=Lax",
      "b=2; Path=/x; SameSite=Lax",
      "c=4; Path=/; SameSite=Lax",
    ]);
    expect(map.get("c")).toBe("4");
  });

  it("turns a value into text, and keeps an empty one", () => {
    const map = new CookieMap();
    map.set("a", 5 as unknown as string);
    map.set("b", "");
    expect([map.get("a"), map.get("b"), map.has("b")]).toEqual(["5", "", true]);
  });

  it.each<[string, unknown[]]>([
    ["nothing", []],
    ["a name alone", ["a"]],
    ["null", [null]],
    ["a name that no cookie has", ["a b", "c"]],
    ["an object without a name", [{ value: "1" }]],
    ["options that are text", ["a", "b", "c"]],
    ["a domain that is none", ["a", "b", { domain: "A B" }]],
  ])("refuses %s, and changes nothing", (_, args) => {
    const map = received();
    expect(() => Reflect.apply(map.set, map, args)).toThrow(TypeError);
    expect([...map]).toEqual([...received()]);
    expect(map.toSetCookieHeaders()).toEqual([]);
  });
});

describe("delete()", () => {
  it.each<[string, (map: CookieMap) => void, string]>([
    ["by name", (map) => map.delete("a"), `a=; Path=/; ${GONE}; SameSite=Lax`],
    [
      "by name, twice",
      (map) => [map.delete("a", { path: "/x" }), map.delete("a")],
      `a=; Path=/; ${GONE}; SameSite=Lax`,
    ],
    [
      "by options",
      (map) => map.delete({ name: "a", domain: "x.y", path: "/p" }),
      `a=; Domain=x.y; Path=/p; ${GONE}; SameSite=Lax`,
    ],
    [
      "by name and options",
      (map) => map.delete("a", { domain: "x.y", path: "/p" }),
      `a=; Domain=x.y; Path=/p; ${GONE}; SameSite=Lax`,
    ],
    [
      "by name and options with another name",
      (map) => map.delete("a", { name: "b" } as CookieStoreDeleteOptions),
      `a=; Path=/; ${GONE}; SameSite=Lax`,
    ],
    [
      "with options that are null",
      (map) => map.delete("a", { domain: null, path: null }),
      `a=; Path=/; ${GONE}; SameSite=Lax`,
    ],
    ["with an empty path", (map) => map.delete("a", { path: "" }), `a=; ${GONE}; SameSite=Lax`],
    ["what was set", (map) => [map.set("a", "1"), map.delete("a")], `a=; Path=/; ${GONE}; SameSite=Lax`],
  ])("%s", (_, act, line) => {
    const map = received();
    act(map);
    expect([...map]).toEqual([["b", "2"]]);
    expect([map.get("a"), map.has("a"), map.size, map.toJSON()]).toEqual([null, false, 1, { b: "2" }]);
    expect(map.toSetCookieHeaders()).toEqual([line]);
  });

  it("of a cookie that was not received tells the browser all the same", () => {
    const map = new CookieMap();
    map.delete("x");
    expect(map.toSetCookieHeaders()).toEqual([`x=; Path=/; ${GONE}; SameSite=Lax`]);
    map.set("x", "1");
    expect(map.toSetCookieHeaders()).toEqual(["x=1; Path=/; SameSite=Lax"]);
  });

  it.each([
    "__Host-a",
    "__Secure-a",
    "__host-a",
  ])("of %s is Secure, or browsers ignore it (RFC 6265bis §5.7)", (name) => {
    const map = new CookieMap();
    map.delete(name);
    expect(map.toSetCookieHeaders()).toEqual([`${name}=; Path=/; ${GONE}; Secure; SameSite=Lax`]);
  });

  it.each([
    "__Http-a",
    "__Host-Http-a",
    "__host-http-a",
  ])("of %s is Secure and HttpOnly, or browsers ignore it", (name) => {
    const map = new CookieMap();
    map.delete(name);
    expect(map.toSetCookieHeaders()).toEqual([`${name}=; Path=/; ${GONE}; Secure; HttpOnly; SameSite=Lax`]);
  });

  it.each<[string, unknown[]]>([
    ["nothing", []],
    ["null", [null]],
    ["a number", [5]],
    ["no name", [{}]],
    ["an empty name", [""]],
    ["a name that no cookie has", ["a b"]],
    ["a path that no cookie has", ["a", { path: "/;" }]],
  ])("refuses %s, and changes nothing", (_, args) => {
    const map = received();
    expect(() => Reflect.apply(map.delete, map, args)).toThrow(TypeError);
    expect([...map]).toEqual([...received()]);
  });
});

it("costs a client with many cookies as much for each as one with few", () => {
  const cpuTime = (count: number): number => {
    const names = Array.from({ length: count }, (_, i) => `n${i}`);
    const map = new CookieMap(names.map((name) => `${name}=v`).join("; "));
    const spent = cpuTimer();
    for (const name of names) if (map.get(name) !== "v") throw new Error(name);
    for (const name of names) map.delete(name);
    expect(map.size).toBe(0);
    return spent();
  };
  // The collector, or the compiler, comes into some of them.
  const least = (count: number): number => Math.min(...Array.from({ length: 6 }, () => cpuTime(count)));
  // 16 if the cost is linear, as it is to be, and 256 if each call looks at all cookies; some 50 as memory is further away.
  expect(least(32_000) / least(2_000)).toBeLessThan(120);
});

it("can be changed while it is iterated, which sees what was there", () => {
  const map = received();
  const seen: string[] = [];
  for (const [name] of map) {
    seen.push(name);
    map.set(`new${seen.length}`, "x");
    map.delete("b");
  }
  expect(seen).toEqual(["a", "b", "a"]);
  expect([...map.keys()]).toEqual(["new1", "new2", "new3", "a", "a"]);
});

it("is shown by console.log with all that it has", () => {
  expect(inspect(new CookieMap("a=1"))).toBe("CookieMap Map(1) { 'a' => '1' }");
  expect(Object.prototype.toString.call(received())).toBe("[object CookieMap]");
});
