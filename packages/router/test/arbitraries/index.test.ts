import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anyPath,
  encodedSegment,
  pathMatching,
  routedPath,
  routePattern,
  routeTable,
} from "../../src/arbitraries/index.ts";
import { parsePattern } from "../../src/pattern.ts";
import { Router } from "../../src/router.ts";
import { matchOne } from "../oracle.ts";
import { runs } from "../runs.ts";

/** How many of 1000 samples, always the same ones, have a property. */
function count<T>(arbitrary: fc.Arbitrary<T>, holds: (sample: T) => boolean): number {
  return fc.sample(arbitrary, { numRuns: 1000, seed: 7 }).filter(holds).length;
}

const routerOf = ({ patterns }: { patterns: readonly string[] }): Router<true> => {
  const router = new Router<true>();
  for (const pattern of patterns) router.add(pattern, true);
  return router;
};

describe("routePattern and routeTable", () => {
  it("make patterns of every kind, all of them valid", () => {
    expect(count(routePattern(), (pattern) => parsePattern(pattern).wildcard)).toBeGreaterThan(100);
    expect(count(routePattern(), (pattern) => parsePattern(pattern).names.length > 1)).toBeGreaterThan(50);
    expect(count(routePattern(), (pattern) => !/[:*]/.test(pattern))).toBeGreaterThan(50);
    expect(count(routePattern(), (pattern) => pattern.endsWith("/"))).toBeGreaterThan(50);
  });

  it("make tables without two patterns of one shape, and no longer than the given length", () => {
    fc.assert(
      fc.property(routeTable(7), (patterns) => {
        expect(patterns.length).toBeLessThanOrEqual(7);
        expect(routerOf({ patterns }).size).toBe(patterns.length);
      }),
      runs(100),
    );
  });
});

describe("anyPath and encodedSegment", () => {
  it("make paths that begin with a slash, without query", () => {
    expect(count(anyPath(), (path) => /^\/[^?#\s]*$/.test(path))).toBe(1000);
  });

  it("make one segment, not empty, often with escapes that are broken", () => {
    expect(count(encodedSegment(), (segment) => /^[^/?#\s]+$/.test(segment))).toBe(1000);
    const throws = (segment: string): boolean => {
      try {
        decodeURIComponent(segment);
        return false;
      } catch {
        return true;
      }
    };
    expect(count(encodedSegment(), throws)).toBeGreaterThan(100);
    expect(count(encodedSegment(), (segment) => segment.includes("%") && !throws(segment))).toBeGreaterThan(
      100,
    );
  });
});

describe("pathMatching and routedPath", () => {
  it("make paths that the pattern matches", () => {
    const hit = routePattern().chain((pattern) => fc.tuple(fc.constant(pattern), pathMatching(pattern)));
    fc.assert(
      fc.property(hit, ([pattern, path]) => {
        expect(matchOne(pattern, path)).not.toBeNull();
      }),
      runs(500),
    );
  });

  it("make hits, misses, and hits on a pattern that is not the first choice of its segments", () => {
    expect(count(routedPath(), (it) => routerOf(it).match(it.path) !== null)).toBeGreaterThan(300);
    expect(count(routedPath(), (it) => routerOf(it).match(it.path) === null)).toBeGreaterThan(100);
    const contested = ({ patterns, path }: { patterns: readonly string[]; path: string }): boolean =>
      patterns.filter((pattern) => matchOne(pattern, path) !== null).length > 1;
    expect(count(routedPath(), contested)).toBeGreaterThan(100);
  });
});
