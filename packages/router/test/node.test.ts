import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routeTable } from "../src/arbitraries/index.ts";
import { insertRoute, Node } from "../src/node.ts";
import { parsePattern } from "../src/pattern.ts";
import { runs } from "./runs.ts";

function treeOf(patterns: readonly string[]): Node<string> {
  const root = new Node<string>("");
  for (const pattern of patterns) insertRoute(root, { ...parsePattern(pattern), value: pattern });
  return root;
}

/** The tree as nested plain objects; what is empty is left out. */
function outline(node: Node<string>): object {
  return {
    ...(node.route !== null && { route: node.route.value }),
    ...(node.wildcard !== null && { wildcard: node.wildcard.value }),
    ...(node.param !== null && { param: outline(node.param) }),
    ...Object.fromEntries(node.children.map((child) => [child.text, outline(child)])),
  };
}

describe("insertRoute", () => {
  it("shares common beginnings of patterns and splits where they differ", () => {
    expect(
      outline(treeOf(["/users/:id", "/users/:id/posts", "/users/me/:x", "/use/*", "/users/*", "/*"])),
    ).toStrictEqual({
      "/": {
        wildcard: "/*",
        use: {
          "/": { wildcard: "/use/*" },
          "rs/": {
            wildcard: "/users/*",
            param: { route: "/users/:id", "/posts": { route: "/users/:id/posts" } },
            "me/": { param: { route: "/users/me/:x" } },
          },
        },
      },
    });
  });

  it("moves all that hangs on a node when it is split", () => {
    const patterns = ["/abc/:x", "/abc/*", "/abc/d/*", "/abx/*"];
    expect(outline(treeOf(patterns))).toStrictEqual({
      "/ab": {
        "c/": { wildcard: "/abc/*", param: { route: "/abc/:x" }, "d/": { wildcard: "/abc/d/*" } },
        "x/": { wildcard: "/abx/*" },
      },
    });
  });

  it("ends a pattern inside another one's edge", () => {
    expect(outline(treeOf(["/:x/abc", "/:x/ab", "/:x/"]))).toStrictEqual({
      "/": { param: { "/": { route: "/:x/", ab: { route: "/:x/ab", c: { route: "/:x/abc" } } } } },
    });
  });

  it("replaces a route of the same shape", () => {
    expect(outline(treeOf(["/:x", "/:y", "/a/*", "/a/*"]))).toStrictEqual({
      "/": { param: { route: "/:y" }, "a/": { wildcard: "/a/*" } },
    });
  });

  it("builds one tree in any order, and keeps its invariants", () => {
    const sorted = (node: Node<string>): object => ({
      ...outline(node),
      children: node.children.map((child) => [child.text, sorted(child)]).sort(),
      param: node.param && sorted(node.param),
    });
    const check = (node: Node<string>, endsInSlash: boolean): void => {
      const codes = node.children.map((child) => child.firstCode);
      expect(new Set(codes).size).toBe(codes.length);
      if (!endsInSlash) expect([node.param, node.wildcard]).toStrictEqual([null, null]);
      if (node.param !== null) check(node.param, false);
      for (const child of node.children) {
        expect(child.text).not.toBe("");
        expect(child.firstCode).toBe(child.text.charCodeAt(0));
        check(child, child.text.endsWith("/"));
      }
    };
    const orders = routeTable().chain((patterns) =>
      fc.tuple(fc.constant(patterns), fc.shuffledSubarray(patterns, { minLength: patterns.length })),
    );
    fc.assert(
      fc.property(orders, ([patterns, shuffled]) => {
        const tree = treeOf(patterns);
        check(tree, false);
        expect(sorted(treeOf(shuffled))).toEqual(sorted(tree));
      }),
      runs(200),
    );
  });
});
