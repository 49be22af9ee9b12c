import { describe, expect, it } from "vitest";
import { graphemesOf, piecesOf } from "../../src/global/graphemes.ts";

const parts = [
  "a",
  "e\u0301",
  "\u0301",
  "👨‍👩‍👧",
  "🇩",
  "🎉",
  "\u200d",
  "\ud83d",
  "ᄀ",
  "ᅡ",
  "\u0600",
  "\r",
  "\n",
  "क",
  "्",
  "\u{e0041}",
];
const all = (text: string): string[] =>
  Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);

describe("graphemes", () => {
  it.each([1000, 1001])("are the same wherever the text is cut, behind %i others", (length) => {
    for (const one of parts)
      for (const other of parts)
        for (const third of parts) {
          // Most of it is one grapheme: Node.js 20 takes its time for each.
          const front = `x${"\u0301".repeat(length - 2 - one.length - other.length)}x`;
          const text = front + one + other + third + "y".repeat(20);
          expect([...graphemesOf(text)].join("|") === all(text).join("|"), JSON.stringify(text)).toBe(true);
        }
  });

  it("may be longer than a piece", () => {
    const long = `a${"\u0301".repeat(5000)}`;
    const pieces = [...piecesOf(`b${long}${"🇩".repeat(5001)}c`)];
    expect(pieces.join("")).toBe(`b${long}${"🇩".repeat(5001)}c`);
    expect(pieces[1]!.startsWith(long)).toBe(true);
    expect([...graphemesOf("🇩".repeat(5001))].length).toBe(2501);
    expect([...piecesOf("")]).toEqual([]);
  });
});
