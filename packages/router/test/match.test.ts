import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routedPath } from "../src/arbitraries/index.ts";
import { findRoute, segmentEnd } from "../src/match.ts";
import { insertRoute, Node } from "../src/node.ts";
import { parsePattern } from "../src/pattern.ts";
import { runs } from "./runs.ts";

function treeOf(patterns: readonly string[]): Node<string> {
  const root = new Node<string>("");
  for (const pattern of patterns) insertRoute(root, { ...parsePattern(pattern), value: pattern });
  return root;
}

function countNodes(node: Node<string>): number {
  const below = node.param === null ? node.children : [...node.children, node.param];
  return below.reduce((sum, child) => sum + countNodes(child), 1);
}

/**
 * The same tree behind proxies that note every visit of a node. A visit reads either `children`, to go on, or `route`,
 * at the path's end; so the search itself needs no counter.
 */
function watched(node: Node<string>, visits: Node<string>[]): Node<string> {
  return new Proxy(node, {
    get(target, key: keyof Node<string>) {
      if (key === "children" || key === "route") visits.push(target);
      if (key === "children") return target.children.map((child) => watched(child, visits));
      if (key === "param") return target.param && watched(target.param, visits);
      return target[key];
    },
  });
}

function visitsOf(tree: Node<string>, path: string): Node<string>[] {
  const visits: Node<string>[] = [];
  const found = findRoute(watched(tree, visits), path, 0);
  expect(found).toBe(findRoute(tree, path, 0));
  return visits;
}

const find = (patterns: readonly string[], path: string): string | null =>
  findRoute(treeOf(patterns), path, 0)?.value ?? null;

describe("findRoute", () => {
  it.each([
    [["/:id"], "/a", "/:id"],
    [["/:id"], "/..", "/:id"],
    [["/:id"], "/a/", null],
    [["/:id"], "/", null],
    [["/:id"], "//", null],
    [["/x/:id"], "/x", null],
    [["/x/:id"], "/x/", null],
    [["/x/:id"], "/x//", null],
    [["/:id/"], "/a/", "/:id/"],
    [["/:id/"], "/a", null],
    [["/:id/x"], "//x", null],
    [["/:a//:b"], "/x//y", "/:a//:b"],
    [["/:a//:b"], "/x/y", null],
    [["/*"], "/", "/*"],
    [["/*"], "//", "/*"],
    [["/*"], "", null],
    [["/*"], "*", null],
    [["/*"], "a/b", null],
    [["/api/*"], "/api", null],
    [["/api/*"], "/api/", "/api/*"],
    [["/api/*"], "/api//", "/api/*"],
    [["/api/*"], "/apix", null],
    [["/a//*"], "/a//", "/a//*"],
    [["/a//*"], "/a/b", null],
    [["/A/:x"], "/a/1", null],
  ])("in %j, %j leads to %j", (patterns, path, expected) => {
    expect(find(patterns, path)).toBe(expected);
  });

  it.each([
    ["/a/b/c", "/a/b/*"],
    ["/a/q/c", "/a/:x/c"],
    ["/z/b/c", "/:a/b/c"],
    ["/a/b", null],
    ["/a/b/", "/a/b/*"],
  ])("decides at the first segment that differs: %s -> %s", (path, expected) => {
    expect(find(["/a/:x/c", "/a/b/*", "/:a/b/c"], path)).toBe(expected);
  });

  it.each([
    ["/a/b/z/d", "/a/b/:z/d"],
    ["/a/b/c", "/a/:x/c"],
    ["/a/b/e", "/:a/b/e"],
    ["/a/b/f", "/*"],
    ["/a/b/d", "/*"],
    ["/a/b/z/e", "/*"],
    ["/abc", "/*"],
    ["/abcd/", "/*"],
  ])("goes back where the preferred way finds no route: %s -> %s", (path, expected) => {
    expect(find(["/a/:x/c", "/:a/b/e", "/*", "/a/b/:z/d", "/abcd/:x"], path)).toBe(expected);
  });

  it("prefers a longer literal beginning only if whole segments agree", () => {
    const patterns = ["/users/me/:x", "/users/:id", "/users/:id/:x"];
    expect(find(patterns, "/users/melon")).toBe("/users/:id");
    expect(find(patterns, "/users/me")).toBe("/users/:id");
    expect(find(patterns, "/users/me/1")).toBe("/users/me/:x");
    expect(find(patterns, "/users/melon/1")).toBe("/users/:id/:x");
  });
});

describe("the cost of a search", () => {
  it("is one visit per node at most, for any table and path", () => {
    fc.assert(
      fc.property(routedPath(), ({ patterns, path }) => {
        const visits = visitsOf(treeOf(patterns), path);
        expect(new Set(visits).size).toBe(visits.length);
      }),
      runs(1000),
    );
  });

  it("stays below the number of nodes where every segment offers two ways and all fail at the end", () => {
    // All 2^10 patterns that have "a" or a parameter in each of ten segments.
    const patterns = Array.from(
      { length: 2 ** 10 },
      (_, bits) => `/${Array.from({ length: 10 }, (_, i) => ((bits >> i) & 1 ? "a" : `:p${i}`)).join("/")}/z`,
    );
    const tree = treeOf(patterns);
    const hostile = visitsOf(tree, `${"/a".repeat(10)}/miss`);
    expect(hostile.length).toBeGreaterThan(2 ** 10);
    expect(hostile.length).toBeLessThanOrEqual(countNodes(tree));
    // A longer path does not cost more.
    expect(visitsOf(tree, `${"/a".repeat(5000)}/miss`).length).toBeLessThanOrEqual(hostile.length);
  });

  it("does not multiply along the path: thirty patterns of thirty segments, each nearly right", () => {
    const size = 30;
    const patterns = Array.from(
      { length: size },
      (_, hole) => `/${Array.from({ length: size }, (_, i) => (i === hole ? ":x" : "a")).join("/")}/end`,
    );
    const visits = visitsOf(treeOf(patterns), `${"/a".repeat(size)}/miss`);
    // Root, "/", and per pattern: its parameter, what follows it, and the one literal edge that leads to the next.
    expect(visits.length).toBeLessThanOrEqual(3 * size + 2);
  });

  it("does not grow with the path", () => {
    const tree = treeOf(["/:a/:b/:c", "/a/:b/x", "/a/a/*", "/:a/*", "/*"]);
    const short = visitsOf(tree, "/a/b/c/d").length;
    expect(visitsOf(tree, `/a/b/c/d${"/a".repeat(500_000)}`)).toHaveLength(short);
    expect(visitsOf(tree, `/a/b/c/${"d".repeat(1_000_000)}`).length).toBeLessThanOrEqual(countNodes(tree));
  });
});

describe("segmentEnd", () => {
  it("finds the next slash or the end", () => {
    expect(segmentEnd("/ab/c", 1)).toBe(3);
    expect(segmentEnd("/ab/c", 4)).toBe(5);
    expect(segmentEnd("//", 1)).toBe(1);
    expect(segmentEnd("/", 1)).toBe(1);
  });
});
