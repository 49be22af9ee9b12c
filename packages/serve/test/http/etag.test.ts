import { cpuTimer } from "@mantou/testing/cpu-time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameStrongly, namesETag, strongETag } from "../../src/http/conditional.ts";
import { runs } from "../support/runs.ts";

/** RFC 9110 §8.8.3 and §5.6.1.2, one character after another. */
function naiveTags(value: string): string[] | null {
  const tags: string[] = [];
  let at = 0;
  const blank = (): void => {
    while (value[at] === " " || value[at] === "\t") at++;
  };
  for (;;) {
    blank();
    if (value[at] !== "," && at < value.length) {
      const start = at;
      if (value.startsWith("W/", at)) at += 2;
      if (value[at++] !== '"') return null;
      while (at < value.length && value[at] !== '"') {
        const code = value.charCodeAt(at++);
        if (!(code === 0x21 || (code >= 0x23 && code <= 0x7e) || (code >= 0x80 && code <= 0xff))) return null;
      }
      if (value[at++] !== '"') return null;
      tags.push(value.slice(start, at));
      blank();
    }
    if (at >= value.length) return tags;
    if (value[at++] !== ",") return null;
  }
}

function naive(value: string, current: string | null, strongly: boolean): boolean {
  if (value === "*") return true;
  const tags = naiveTags(value);
  if (tags === null || current === null) return false;
  if (strongly) return tags.some((tag) => tag === current && tag.startsWith('"'));
  const opaque = (tag: string): string => tag.slice(tag.indexOf('"'));
  return tags.some((tag) => opaque(tag) === opaque(current));
}

const tag = fc
  .tuple(fc.constantFrom("", "W/"), fc.constantFrom("", "a", "b", "a,b", "W/", "é", "!~", "a b"))
  .map(([weak, text]) => `${weak}"${text}"`);
const separator = fc.constantFrom(",", ", ", " ,", ",,", "\t,\t", ", ,");
const list = fc
  .array(fc.tuple(tag, separator), { maxLength: 5 })
  .map((members) => members.map(([member, after]) => member + after).join(""))
  .chain((text) => fc.constantFrom(text, text.replace(/[\t ,]+$/, "")));
const nearly = fc
  .array(fc.constantFrom('"', "W/", "w/", "a", ",", " ", "*", '"a"', "\u0001", "\\"), { maxLength: 8 })
  .map((parts) => parts.join(""));

describe("a list of entity tags", () => {
  it("names what the grammar says (RFC 9110 §8.8.3, §13.1.1, §13.1.2)", () => {
    fc.assert(
      fc.property(fc.oneof(list, nearly), fc.option(tag), fc.boolean(), (value, current, strongly) => {
        expect(namesETag(value, current, strongly)).toBe(naive(value, current, strongly));
      }),
      runs(3000),
    );
  });

  it("is compared weakly for If-None-Match, and strongly for If-Match (RFC 9110 §8.8.3.2)", () => {
    const table: [string, string, strong: boolean, weak: boolean][] = [
      ['W/"1"', 'W/"1"', false, true],
      ['W/"1"', 'W/"2"', false, false],
      ['W/"1"', '"1"', false, true],
      ['"1"', '"1"', true, true],
    ];
    for (const [a, b, strong, weak] of table) {
      for (const [left, right] of [
        [a, b],
        [b, a],
      ] as const) {
        expect(namesETag(left, right, true)).toBe(strong);
        expect(namesETag(left, right, false)).toBe(weak);
        expect(isSameStrongly(left, right)).toBe(strong);
      }
    }
  });

  it("is not fooled by a comma inside a tag, and tells letter cases apart", () => {
    expect(namesETag('"a,b"', '"a"', false)).toBe(false);
    expect(namesETag('"a,b"', '"a,b"', false)).toBe(true);
    expect(namesETag('"A"', '"a"', false)).toBe(false);
    expect(namesETag('w/"a"', '"a"', false)).toBe(false);
  });

  it("is * for anything that there is", () => {
    expect(namesETag("*", null, true)).toBe(true);
    expect(namesETag("*", '"a"', false)).toBe(true);
    expect(namesETag('"a", *', '"b"', false)).toBe(false);
  });

  it("is read in a time that grows with its length alone", () => {
    const spent = cpuTimer();
    for (const text of [`${'"a",'.repeat(15_000)}x`, `${" ,".repeat(30_000)}x`, `"${"a".repeat(60_000)}`])
      expect(namesETag(text, '"b"', false)).toBe(false);
    expect(spent()).toBeLessThan(500);
  });
});

describe("the entity tag of a body", () => {
  it("is the same for the same bytes, as text or not, and another for others", () => {
    expect(strongETag("é")).toBe(strongETag(new TextEncoder().encode("é")));
    expect(strongETag("a")).not.toBe(strongETag("b"));
    expect(strongETag("Bun!")).toMatch(/^"[0-9a-f]{16}"$/);
  });
});
