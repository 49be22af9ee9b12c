import { cpuTimer } from "@mantou/testing/cpu-time";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extension, extensionsHeader, malformedExtensions, token } from "../src/arbitraries/index.ts";
import { anyText } from "../src/arbitraries/messages.ts";
import { type Extension, formatExtensions, parseExtensions } from "../src/extensions.ts";
import { MAX_EXTENSION_PARAMS, MAX_EXTENSIONS } from "../src/limits.ts";
import { runs } from "./support.ts";

const element = (name: string, ...params: Array<readonly [string, string | null]>): Extension => ({
  name,
  params,
});

describe("parseExtensions", () => {
  it.each<[string, Extension[]]>([
    ["foo", [element("foo")]],
    ["foo; bar=1", [element("foo", ["bar", "1"])]],
    ["foo;bar;bar=2", [element("foo", ["bar", null], ["bar", "2"])]],
    ["foo, bar; baz=2", [element("foo"), element("bar", ["baz", "2"])]],
    ['foo; bar="x-1"', [element("foo", ["bar", "x-1"])]],
    ['foo; bar="\\x\\-\\1"', [element("foo", ["bar", "x-1"])]],
    [" foo\t;\tbar = 1 , ,,baz ,", [element("foo", ["bar", "1"]), element("baz")]],
    ["Foo; BAR=Baz", [element("Foo", ["BAR", "Baz"])]],
    ["foo; __proto__=1, constructor", [element("foo", ["__proto__", "1"]), element("constructor")]],
  ])("reads %j", (header, expected) => {
    expect(parseExtensions(header)).toEqual(expected);
  });

  it("reads lists however they are written", () => {
    fc.assert(
      fc.property(extensionsHeader(), ({ header, extensions }) => {
        expect(parseExtensions(header)).toEqual(extensions);
      }),
      runs(1000),
    );
  });

  it("refuses headers that break the grammar, or exceed a limit", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(malformedExtensions(), ({ header, kind }) => {
        seen.add(kind);
        expect(parseExtensions(header)).toBeNull();
      }),
      // Also test:quick meets each kind.
      { numRuns: Math.max(200, runs(2000).numRuns) },
    );
    expect(seen.size).toBe(12);
  });

  it("reads as many extensions and parameters as the limits allow, and no more", () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`);
    expect(parseExtensions(names(MAX_EXTENSIONS).join())).toHaveLength(MAX_EXTENSIONS);
    expect(parseExtensions(names(MAX_EXTENSIONS + 1).join())).toBeNull();
    const most = names(MAX_EXTENSION_PARAMS + 1).join(";");
    expect(parseExtensions(most)?.[0]?.params).toHaveLength(MAX_EXTENSION_PARAMS);
    expect(parseExtensions(`${most};y`)).toBeNull();
    expect(parseExtensions(`${most},${most}`)).toHaveLength(2);
  });

  it("never throws, and finds only tokens", () => {
    const piece = fc.oneof(token(), fc.constantFrom(",", ";", "=", '"', "\\", " ", "\t", "é", "\n"));
    const soup = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    let found = 0;
    const often = runs(2000);
    fc.assert(
      fc.property(fc.oneof(soup, anyText()), (header) => {
        const list = parseExtensions(header);
        if (list === null) return;
        found++;
        expect(parseExtensions(formatExtensions(list))).toEqual(list);
      }),
      often,
    );
    expect(found).toBeGreaterThan(0.025 * often.numRuns);
  });

  // A megabyte each: in quadratic time one of them would take minutes.
  it.each<[string, string]>([
    ["white space", `a${" ".repeat(2 ** 20)}b`],
    ["white space behind a semicolon", `a;${"\t".repeat(2 ** 20)}`],
    ["white space before a value", `a;b=${" ".repeat(2 ** 20)}"`],
    ["one long name", `${"a".repeat(2 ** 20)}\x00`],
    ["one long value", `a;b=${"1".repeat(2 ** 20)}"`],
    ["quotes without an end", `a;b="${"\\1".repeat(2 ** 19)}`],
    ["backslashes", `a;b="${"\\".repeat(2 ** 20)}"`],
    ["quotes", `a;b=${'"'.repeat(2 ** 20)}`],
    ["empty elements", `${", ".repeat(2 ** 19)};`],
    ["semicolons", `a${";".repeat(2 ** 20)}`],
    ["parameters", `a${";b=1".repeat(2 ** 18)}`],
    ["extensions", "a,".repeat(2 ** 19)],
  ])("takes linear time for %s", (_name, header) => {
    const spent = cpuTimer();
    expect(parseExtensions(header)).toBeNull();
    expect(spent()).toBeLessThan(2000);
  });
});

describe("formatExtensions", () => {
  it("writes what parseExtensions reads", () => {
    const list = [element("foo", ["bar", null], ["baz", "1"]), element("qux")];
    expect(formatExtensions(list)).toBe("foo; bar; baz=1, qux");
    expect(formatExtensions([])).toBe("");
    fc.assert(
      fc.property(fc.array(extension(), { minLength: 1, maxLength: MAX_EXTENSIONS }), (any) => {
        expect(parseExtensions(formatExtensions(any))).toEqual(any);
      }),
      runs(500),
    );
  });

  it("writes the same again when it has been read", () => {
    fc.assert(
      fc.property(extensionsHeader(), ({ header }) => {
        const once = formatExtensions(parseExtensions(header)!);
        expect(formatExtensions(parseExtensions(once)!)).toBe(once);
      }),
      runs(500),
    );
  });

  it.each([
    element(""),
    element("a b"),
    element("a\r\nSet-Cookie: b"),
    element("a", ["", null]),
    element("a", ["b", ""]),
    element("a", ["b", "1, c"]),
    element("a", ["b", "1\r\n"]),
  ])("refuses to write %j", (one) => {
    expect(() => formatExtensions([one])).toThrow(TypeError);
  });
});
