import { SourceMap } from "node:module";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Rewriter } from "../../../src/loader/syntax/rewriter.ts";
import { shiftMappings } from "../../../src/loader/syntax/shift-mappings.ts";
import { transform } from "../../../src/loader/transform/transform.ts";

const TEXT = `
import { a as b, type C } from "./a"; export const one: C = await import("./b"), two = [b(one), b(import("./c"))];

export function f<T>(x: T): Promise<T> { return g(x, import("./d")).then((y: any) => (y as C).z(x as any)); }
async function g(...all: any[]): Promise<any> { const [q] = await Promise.all(all); return q; /* ${"long ".repeat(300)} */ }
`;
const options = {
  jsx: "automatic",
  jsxDev: false,
  legacyDecorators: false,
  decoratorMetadata: false,
  assignFields: false,
} as const;

/** The original place of each word of the code, in the order of the code. */
function places(code: string, mappings: string): unknown[] {
  const map = new SourceMap({
    version: 3,
    file: "",
    sourceRoot: "",
    sourcesContent: [],
    sources: ["a.ts"],
    names: [],
    mappings,
  });
  return code.split("\n").flatMap((line, i) =>
    [...line.matchAll(/\w+/g)].map(({ 0: word, index }) => {
      const entry = map.findEntry(i, index) as { originalLine?: number; originalColumn?: number };
      return [word, entry.originalLine, entry.originalColumn];
    }),
  );
}

it("gives each word of edited code the place that it had", () => {
  const { code, mappings } = transform("a.ts", TEXT, "ts", options);
  const words = [...code.matchAll(/\w+/g)];
  const before = places(code, mappings);
  const edit = fc.record({
    word: fc.nat(words.length - 1),
    by: fc.integer({ min: 0, max: 3000 }),
    isReplaced: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(edit, { selector: ({ word }) => word, minLength: 1, maxLength: 8 }),
      (edits) => {
        const rewriter = new Rewriter(code);
        const replaced = new Set<number>();
        for (const { word, by, isReplaced } of edits.sort((a, b) => a.word - b.word)) {
          const { 0: old, index } = words[word]!;
          // An edit is no word: it has no place of its own.
          if (isReplaced) {
            replaced.add(word);
            rewriter.replace(index, index + old.length, "-".repeat(by));
          } else rewriter.replace(index + old.length, index + old.length, "-".repeat(by));
        }
        const after = places(rewriter.finish(), shiftMappings(mappings, code, rewriter.edits));
        expect(after).toEqual(before.filter((_, i) => !replaced.has(i)));
      },
    ),
  );
});

it("leaves the mappings of code without edits, and edits of code without mappings", () => {
  expect(shiftMappings("AAAA;AACA", "a\nb", [])).toBe("AAAA;AACA");
  expect(shiftMappings("", "a\nb", [{ to: 1, growth: 4 }])).toBe("");
  expect(shiftMappings("AAAA", "a\nb", [{ to: 3, growth: 4 }])).toBe("AAAA");
});
