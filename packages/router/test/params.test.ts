import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { pathMatching, routePattern } from "../src/arbitraries/index.ts";
import { NO_PARAMS, type PathParams, readParams } from "../src/params.ts";
import { parsePattern } from "../src/pattern.ts";
import { percentDecode } from "../src/percent-decode.ts";
import { matchOne } from "./oracle.ts";
import { runs } from "./runs.ts";

const read = (pattern: string, path: string): PathParams => readParams(parsePattern(pattern), path);

describe("readParams", () => {
  it.each([
    ["/:id", "/7", [["id", "7"]]],
    [
      "/users/:id/posts/:post/",
      "/users/ada/posts/1/",
      [
        ["id", "ada"],
        ["post", "1"],
      ],
    ],
    [
      "/:a//:b",
      "/x//y",
      [
        ["a", "x"],
        ["b", "y"],
      ],
    ],
    ["/:name", "/%C3%A9%zz", [["name", "é\ufffd"]]],
    ["/files/*", "/files/a/b%20c", [["*", "a/b c"]]],
    ["/files/*", "/files/", [["*", ""]]],
    ["/*", "/", [["*", ""]]],
    ["/*", "//x", [["*", "/x"]]],
    [
      "/:a/*",
      "/x/y/z",
      [
        ["a", "x"],
        ["*", "y/z"],
      ],
    ],
    [
      "/:a/b/*",
      "/x/b//",
      [
        ["a", "x"],
        ["*", "/"],
      ],
    ],
    [
      "/:b/:a/:c",
      "/1/2/3",
      [
        ["b", "1"],
        ["a", "2"],
        ["c", "3"],
      ],
    ],
  ])("reads %s out of %s", (pattern, path, entries) => {
    expect(Object.entries(read(pattern, path))).toStrictEqual(entries);
  });

  it("decodes once", () => {
    expect(read("/:a/*", "/%2541/%2541")).toEqual({ a: "%41", "*": "%41" });
  });

  it("agrees with a split of the path into segments", () => {
    const hit = routePattern().chain((pattern) => fc.tuple(fc.constant(pattern), pathMatching(pattern)));
    fc.assert(
      fc.property(hit, ([pattern, path]) => {
        const expected = matchOne(pattern, path)?.map(([name, raw]) => [name, percentDecode(raw)]);
        expect(Object.entries(read(pattern, path))).toStrictEqual(expected);
      }),
      runs(500),
    );
  });

  it("makes own properties of names that Object.prototype has, and inherits none", () => {
    const params = read("/:__proto__/:constructor/:toString", "/a/b/c");
    expect(Object.entries(params)).toStrictEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
    ]);
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
    for (const other of [read("/:x", "/1"), NO_PARAMS]) {
      for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
        expect(other[name]).toBeUndefined();
        expect(name in other).toBe(false);
      }
    }
  });

  it("gives every match an object of its own that does not change its siblings", () => {
    const first = read("/:x", "/1");
    first["x"] = "changed";
    expect(read("/:x", "/1")["x"]).toBe("1");
    const prototype = Object.getPrototypeOf(first) as object;
    expect(Object.isFrozen(prototype)).toBe(true);
    expect(Object.getPrototypeOf(prototype)).toBeNull();
    expect(Object.isFrozen(NO_PARAMS)).toBe(true);
  });
});

describe("PathParams", () => {
  it("has a string for each parameter of a literal pattern", () => {
    expectTypeOf<PathParams<"/users/:id">>().toEqualTypeOf<{ id: string }>();
    expectTypeOf<PathParams<"/orgs/:orgId/repos/:repoId/settings">>().toEqualTypeOf<{
      orgId: string;
      repoId: string;
    }>();
    expectTypeOf<PathParams<"/:user-id/:__proto__">>().toEqualTypeOf<{
      "user-id": string;
      __proto__: string;
    }>();
    expectTypeOf<keyof PathParams<"/users/all">>().toEqualTypeOf<never>();
    expectTypeOf<keyof PathParams<"/">>().toEqualTypeOf<never>();
  });

  it("has the rest of a wildcard under *", () => {
    expectTypeOf<PathParams<"/*">>().toEqualTypeOf<{ "*": string }>();
    expectTypeOf<PathParams<"/api/*">>().toEqualTypeOf<{ "*": string }>();
    expectTypeOf<PathParams<"/:tenant/files/*">>().toEqualTypeOf<{ tenant: string; "*": string }>();
  });

  it("has any name where the pattern, or a part of it, is not known before the program runs", () => {
    expectTypeOf<PathParams<string>>().toEqualTypeOf<{ [name: string]: string }>();
    expectTypeOf<PathParams>().toEqualTypeOf<{ [name: string]: string }>();
    expectTypeOf<PathParams<`/v1/${string}`>>().toEqualTypeOf<{ [name: string]: string }>();
  });

  it("follows patterns of more segments than the compiler would recurse into", () => {
    type Ten = "/a/a/a/a/a/a/a/a/a/a";
    type Long = `${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}/:last`;
    expectTypeOf<PathParams<Long>>().toEqualTypeOf<{ last: string }>();
  });

  // The types of Bun 1.4.5 for the same patterns, except for the wildcard's key, which they lack.
  it("infers what Bun's ExtractRouteParams infers", () => {
    expectTypeOf<PathParams<"/:a/:b/:c">>().toEqualTypeOf<{ a: string; b: string; c: string }>();
    expectTypeOf<PathParams<"/:a.json">>().toEqualTypeOf<{ "a.json": string }>();
    expectTypeOf<PathParams<"/x/:a/">>().toEqualTypeOf<{ a: string }>();
    expectTypeOf<PathParams<"/x/:a" | "/y/:b">>().toEqualTypeOf<{ a: string } | { b: string }>();
  });
});
