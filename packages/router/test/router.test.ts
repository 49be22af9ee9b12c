import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { routedPath, routeTable } from "../src/arbitraries/index.ts";
import { type Match, Router } from "../src/router.ts";
import { decodeByTokens, matchTable } from "./oracle.ts";
import { runs } from "./runs.ts";

const routerOf = (patterns: readonly string[]): Router<string> => {
  const router = new Router<string>();
  for (const pattern of patterns) router.add(pattern, `value of ${pattern}`);
  return router;
};

/** A match as plain data whose parameters keep their order. */
const plain = (match: Match<string> | null) =>
  match && { pattern: match.pattern, value: match.value, params: Object.entries(match.params) };

describe("match", () => {
  it("finds exact, parameter and wildcard routes, in this order", () => {
    const router = routerOf(["/*", "/api/*", "/api/users/:id", "/api/users/me"]);
    const found = (path: string) => router.match(path)?.pattern;
    expect(found("/api/users/me")).toBe("/api/users/me");
    expect(found("/api/users/7")).toBe("/api/users/:id");
    expect(found("/api/users/7/posts")).toBe("/api/*");
    expect(found("/api/users/")).toBe("/api/*");
    expect(found("/api")).toBe("/*");
    expect(found("/")).toBe("/*");
  });

  it("gives the value, the decoded parameters and the pattern", () => {
    const value = { handler: 1 };
    const router = new Router<object>().add("/:who/files/*", value);
    const match = router.match("/J%C3%BCrgen/files/a/b%20c");
    expect(match).toEqual({ value, pattern: "/:who/files/*", params: { who: "Jürgen", "*": "a/b c" } });
    expect(match?.value).toBe(value);
  });

  it("shares one frozen, empty params object among literal routes", () => {
    const router = routerOf(["/a", "/b"]);
    const a = router.match("/a");
    expect(plain(a)).toStrictEqual({ pattern: "/a", value: "value of /a", params: [] });
    expect(Object.isFrozen(a)).toBe(true);
    expect(a?.params).toBe(router.match("/b")?.params);
    expect(Object.isFrozen(a?.params)).toBe(true);
  });

  it("compares paths unchanged", () => {
    const router = routerOf(["/a", "/%61b", "/c/", "/d/../e", "/f//g"]);
    for (const path of ["/a", "/%61b", "/c/", "/d/../e", "/f//g"])
      expect(router.match(path)?.pattern).toBe(path);
    for (const path of [
      "/A",
      "/%61",
      "/ab",
      "/c",
      "/e",
      "/f/g",
      "/a/",
      "//a",
      "/a?x=1",
      "/a#x",
      "a",
      "",
      "*",
    ]) {
      expect(router.match(path)).toBeNull();
    }
  });

  it("treats a path that is a pattern's text, or its shape, as a path", () => {
    const router = routerOf(["/a/:x", "/b/*"]);
    expect(plain(router.match("/a/:"))).toMatchObject({ params: [["x", ":"]] });
    expect(plain(router.match("/a/:x"))).toMatchObject({ params: [["x", ":x"]] });
    expect(plain(router.match("/b/*"))).toMatchObject({ params: [["*", "*"]] });
  });

  it("keeps falsy values apart from no match", () => {
    const router = new Router<number | null | undefined>()
      .add("/zero", 0)
      .add("/:x/null", null)
      .add("/*", undefined);
    expect(router.match("/zero")?.value).toBe(0);
    expect(router.match("/a/null")).toMatchObject({ value: null });
    expect(router.match("/else")).toMatchObject({ pattern: "/*", value: undefined });
    expect(new Router().match("/")).toBeNull();
  });

  it("agrees with trying every pattern, for any table and path", () => {
    fc.assert(
      fc.property(routedPath(), ({ patterns, path }) => {
        const best = matchTable(patterns, path);
        const expected = best && {
          pattern: best.pattern,
          value: `value of ${best.pattern}`,
          params: best.raw.map(([name, raw]) => [name, decodeByTokens(raw)]),
        };
        expect(plain(routerOf(patterns).match(path))).toStrictEqual(expected);
      }),
      runs(2000),
    );
  });

  it("does not depend on the order of registration", () => {
    const shuffles = routedPath().chain(({ patterns, path }) =>
      fc.record({
        patterns: fc.constant(patterns),
        shuffled: fc.shuffledSubarray([...patterns], { minLength: patterns.length }),
        path: fc.constant(path),
      }),
    );
    fc.assert(
      fc.property(shuffles, ({ patterns, shuffled, path }) => {
        expect(plain(routerOf(shuffled).match(path))).toStrictEqual(plain(routerOf(patterns).match(path)));
      }),
      runs(500),
    );
  });
});

describe("add and set", () => {
  it.each([
    ["/a", "/a"],
    ["/a/:x", "/a/:y"],
    ["/a/:x/b/*", "/a/:y/b/*"],
    ["/*", "/*"],
  ])("add refuses %s and %s together", (first, second) => {
    const router = new Router<number>().add(first, 1);
    const again = () => router.add(second, 2);
    expect(again).toThrow(TypeError);
    expect(again).toThrow(`${JSON.stringify(second)} matches the same paths as ${JSON.stringify(first)}`);
    expect([...router]).toStrictEqual([[first, 1]]);
  });

  it("set replaces, names and all", () => {
    const router = new Router<number>().set("/a", 1).set("/a", 2).set("/b/:x", 1).set("/b/:y", 2);
    // Replacing keeps the place of the first registration, as in a Map.
    router.set("/c/*", 1).set("/c/*", 2).set("/a", 3);
    expect(router.size).toBe(3);
    expect(router.match("/a")?.value).toBe(3);
    expect(router.match("/b/1")).toEqual({ value: 2, params: { y: "1" }, pattern: "/b/:y" });
    expect(router.match("/c/1")?.value).toBe(2);
    expect([...router]).toStrictEqual([
      ["/a", 3],
      ["/b/:y", 2],
      ["/c/*", 2],
    ]);
  });

  it("gives different patterns with different parameter names different shapes", () => {
    const router = routerOf(["/a/:x/b", "/a/:y/c", "/a/:z", "/a/:z/*"]);
    expect(router.match("/a/1/b")?.params).toEqual({ x: "1" });
    expect(router.match("/a/1/c")?.params).toEqual({ y: "1" });
    expect(router.match("/a/1")?.params).toEqual({ z: "1" });
    expect(router.match("/a/1/d")?.params).toEqual({ z: "1", "*": "d" });
  });

  it("both refuse a malformed pattern and stay as they were", () => {
    const router = routerOf(["/a"]);
    expect(() => router.add("/a*", "")).toThrow(TypeError);
    expect(() => router.set("/:x/:x", "")).toThrow(TypeError);
    expect([...router]).toStrictEqual([["/a", "value of /a"]]);
  });

  it("see a route that is added between matches", () => {
    const router = routerOf(["/*"]);
    expect(router.match("/a/1")?.pattern).toBe("/*");
    router.add("/a/:x", "");
    expect(router.match("/a/1")?.pattern).toBe("/a/:x");
    router.add("/a/1", "");
    expect(router.match("/a/1")?.pattern).toBe("/a/1");
  });
});

describe("size and iteration", () => {
  it("give all patterns, in the order of registration", () => {
    fc.assert(
      fc.property(routeTable(), (patterns) => {
        const router = routerOf(patterns);
        expect(router.size).toBe(patterns.length);
        expect([...router].map(([pattern]) => pattern)).toStrictEqual(patterns);
      }),
      runs(100),
    );
  });
});

describe("types", () => {
  it("carry the value's type through", () => {
    const router = new Router<() => number>();
    expectTypeOf(router.match("/")).toEqualTypeOf<Match<() => number> | null>();
    expectTypeOf(router.add("/", () => 1)).toEqualTypeOf<Router<() => number>>();
    expectTypeOf<Match<1>["params"]>().toEqualTypeOf<{ [name: string]: string }>();
    expect(router.match("/")?.value()).toBe(1);
  });
});

describe("matchExcept", () => {
  it("is the match of a router without those patterns, for any table, path and choice of them", () => {
    fc.assert(
      fc.property(routeTable(), fc.infiniteStream(fc.boolean()), fc.string(), (table, choice, other) => {
        const router = routerOf(table);
        const except = table.filter(() => choice.next().value);
        const rest = routerOf(table.filter((pattern) => !except.includes(pattern)));
        const paths = table.map((pattern) => pattern.replace("*", "x/y").replaceAll(":", "q"));
        for (const path of [...paths, `/${other}`]) {
          expect(plain(router.matchExcept(path, except))).toEqual(plain(rest.match(path)));
        }
      }),
      runs(200),
    );
  });
});
