import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routePattern } from "../src/arbitraries/index.ts";
import { parsePattern } from "../src/pattern.ts";
import { runs } from "./runs.ts";

describe("parsePattern", () => {
  it.each([
    ["/", "/", ["/"], [], false],
    ["/users/all", "/users/all", ["/users/all"], [], false],
    ["/users/", "/users/", ["/users/"], [], false],
    ["/a//b", "/a//b", ["/a//b"], [], false],
    ["/a/../b/.", "/a/../b/.", ["/a/../b/."], [], false],
    ["/%61~!$&'()+,;=@", "/%61~!$&'()+,;=@", ["/%61~!$&'()+,;=@"], [], false],
    ["/v1/users:batch", "/v1/users:batch", ["/v1/users:batch"], [], false],
    ["/a:/:b", "/a:/:", ["/a:/"], ["b"], false],
    ["/:id", "/:", ["/"], ["id"], false],
    ["/:id/", "/:/", ["/", "/"], ["id"], false],
    ["/users/:id/posts/:post", "/users/:/posts/:", ["/users/", "/posts/"], ["id", "post"], false],
    ["/:a//:b", "/://:", ["/", "//"], ["a", "b"], false],
    ["/*", "/*", ["/"], [], true],
    ["/api/*", "/api/*", ["/api/"], [], true],
    ["/a/:x/b/*", "/a/:/b/*", ["/a/", "/b/"], ["x"], true],
    ["/:x/*", "/:/*", ["/", "/"], ["x"], true],
    [
      "/:user-id/:$f/:_g/:a.b/:-h",
      "/:/:/:/:/:",
      ["/", "/", "/", "/", "/"],
      ["user-id", "$f", "_g", "a.b", "-h"],
      false,
    ],
    ["/:__proto__/:constructor", "/:/:", ["/", "/"], ["__proto__", "constructor"], false],
  ])("takes %s apart", (pattern, shape, literals, names, wildcard) => {
    expect(parsePattern(pattern)).toStrictEqual({ pattern, shape, literals, names, wildcard });
  });

  it.each([
    ["", 'must start with "/"'],
    ["users", 'must start with "/"'],
    ["*", 'must start with "/"'],
    ["/é", "printable ASCII"],
    ["/a b", "printable ASCII"],
    ["/a\r\nb", "printable ASCII"],
    ["/:é", "printable ASCII"],
    ["/a?b", '"?" or "#"'],
    ["/a#b", '"?" or "#"'],
    ["/*/a", '"*" must be a whole segment, and the last one'],
    ["/a/*/b", '"*" must be a whole segment, and the last one'],
    ["/a/*/", '"*" must be a whole segment, and the last one'],
    ["/a*", '"*" must be a whole segment, and the last one'],
    ["/*a", '"*" must be a whole segment, and the last one'],
    ["/a/**", '"*" must be a whole segment, and the last one'],
    ["/:", 'needs a name after ":"'],
    ["/:/x", 'needs a name after ":"'],
    ["/:1", "does not start with a digit"],
    ["/:a:b", "name is made of"],
    ["/:a?", "no modifiers"],
    ["/:a*", "no modifiers"],
    ["/:*", "no modifiers"],
    ["/:id(\\d+)", "no modifiers"],
    ["/:a/:a", "a name of its own"],
    ["/:a/b/:c/:a/*", "a name of its own"],
  ])("refuses %j with the reason", (pattern, reason) => {
    const attempt = () => parsePattern(pattern);
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(`Invalid route pattern ${JSON.stringify(pattern)}: `);
    expect(attempt).toThrow(reason);
  });

  it.each([undefined, null, 5, /a/, ["/a"]])("refuses %j, which is no string", (pattern) => {
    const attempt = () => parsePattern(pattern as unknown as string);
    const text = `Invalid route pattern of type ${typeof pattern}: it must be a string`;
    expect(attempt).toThrow(new TypeError(text));
  });

  it("loses nothing: its parts joined are the pattern", () => {
    fc.assert(
      fc.property(routePattern(), (pattern) => {
        const { literals, names, wildcard } = parsePattern(pattern);
        const text = literals
          .map((literal, index) => literal + (index in names ? `:${names[index]}` : ""))
          .join("");
        expect(text + (wildcard ? "*" : "")).toBe(pattern);
      }),
      runs(500),
    );
  });

  it("gives patterns one shape exactly if they differ in parameter names only", () => {
    const nameless = (pattern: string): string => pattern.replace(/\/:[^/]+/g, "/:");
    fc.assert(
      fc.property(routePattern(), routePattern(), (a, b) => {
        const same = parsePattern(a).shape === parsePattern(b).shape;
        expect(same).toBe(nameless(a) === nameless(b));
      }),
      runs(500),
    );
  });
});
