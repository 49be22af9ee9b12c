import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expressionOf } from "../../../src/loader/data/data-source.ts";

describe("the expression for a value", () => {
  it("gives the value again", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(again(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("gives numbers that JSON lacks", () => {
    for (const value of [Infinity, -Infinity, NaN, -0, 2n ** 70n])
      expect(runInNewContext(expressionOf(value))).toBe(value);
  });

  it("is refused for a value that contains itself, and not for one that stands at two places", () => {
    const part: { self?: unknown } = {};
    expect(again([part, part])).toBe("[{},{}]");
    part.self = [part];
    expect(() => expressionOf(part)).toThrow(TypeError);
  });
});

function again(value: unknown): string {
  return JSON.stringify(runInNewContext(`(${expressionOf(value)})`));
}
