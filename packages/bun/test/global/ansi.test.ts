import { callInBun, findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import * as ansi from "../../src/global/ansi.ts";

/** Texts with colours, wide characters and emoji, and what the four functions make of them. Bun runs it, too. */
function results(of: Omit<typeof ansi, "default">): unknown[] {
  const red = "\u001b[31mred\u001b[39m";
  const texts = [
    ...[
      "",
      "hello world",
      "a b c d e f",
      red,
      `x ${red} y ${red}`,
      "\u001b[1mbold words here\u001b[22m",
      "longwordlongword x",
    ],
    ...["中文字符", "é中文é", "🎉🎉 party", "👨‍👩‍👧 family", "🇩🇪 flag", "ａｂ", "α±①", "☺️☺", "한글", "ไทย"],
    ...["\u001b]8;;http://x\u0007link\u001b]8;;\u0007", "a\tb", "one\ntwo three", "©™⌚"],
  ];
  return texts.map((text) => [
    of.stringWidth(text),
    of.stringWidth(text, { ambiguousIsNarrow: false }),
    of.stringWidth(text, { countAnsiEscapeCodes: true }),
    of.stripANSI(text),
    ...[3, 5, 80].flatMap((columns) => [
      of.wrapAnsi(text, columns),
      of.wrapAnsi(text, columns, { hard: true }),
      of.wrapAnsi(text, columns, { trim: false }),
      of.wrapAnsi(text, columns, { wordWrap: false }),
    ]),
    ...(/[\n\t\u0007]/.test(text)
      ? []
      : [[0, 3], [1, 4], [-3], [2, -1], [5, 2], [0, 99]].map(([start, end]) =>
          of.sliceAnsi(text, start, end),
        )),
    // A negative start, an end at the width or behind it, and an ellipsis decide whether codes at the edges are kept.
    of.sliceAnsi("\u001b[1m中", -3),
    of.sliceAnsi("\u001b[0m", 2),
    of.sliceAnsi("🎉cd\u001b[31m", 1, 4),
    of.sliceAnsi("中\u001b[39m", 0, 5),
    of.sliceAnsi("  \u001b[1mb", 0, undefined, "…"),
    of.sliceAnsi("unicorn", 0, 4, "…"),
    of.sliceAnsi("unicorn", -4, undefined, { ellipsis: "…" }),
    of.sliceAnsi("unicorn", 2, 5, "…"),
    of.sliceAnsi(`a ${red} b`, 0, 4, "…"),
  ]);
}

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;

describe("texts for terminals", () => {
  it("are measured", () => {
    const widths = ["abc", "中文", "👩‍👩‍👧‍👦", "\u001b[31mhello\u001b[39m", "e\u0301"].map((text) =>
      ansi.stringWidth(text),
    );
    expect(widths).toEqual([3, 4, 2, 5, 1]);
    expect(ansi.stringWidth("\u001b[31mhello\u001b[39m", { countAnsiEscapeCodes: true })).toBe(13);
    expect([ansi.stringWidth("α"), ansi.stringWidth("α", { ambiguousIsNarrow: false })]).toEqual([1, 2]);
  });

  it("are wrapped and sliced with their colours", () => {
    expect(ansi.stripANSI("\u001b[31mhello\u001b[39m")).toBe("hello");
    expect(ansi.wrapAnsi("\u001b[31mhello world\u001b[39m", 5)).toBe(
      "\u001b[31mhello\u001b[39m\n\u001b[31mworld\u001b[39m",
    );
    expect(ansi.wrapAnsi("abcdefghij", 3, { hard: true })).toBe("abc\ndef\nghi\nj");
    expect(ansi.sliceAnsi("\u001b[31mhello\u001b[39m", 1, 4)).toBe("\u001b[31mell\u001b[39m");
    expect(ansi.sliceAnsi("\u001b[1m中", -3)).toBe("\u001b[1m中\u001b[22m");
    expect(ansi.sliceAnsi("\u001b[0m", 2)).toBe("");
    expect(ansi.sliceAnsi("🎉cd\u001b[31m", 1, 4)).toBe("cd");
    expect(ansi.sliceAnsi("安宁哈", 0, 4)).toBe("安宁");
    expect(ansi.sliceAnsi("unicorn", -4, undefined, "…")).toBe("…orn");
  });

  it.skipIf(bun === null)("are Bun's", async () => {
    expect(results(ansi)).toEqual(await callInBun(bun!, `() => (${results})(Bun)`, null));
  });

  it("measures a long text in a time that grows with its length", () => {
    const [marked, emoji, codes] = [
      "e\u0301".repeat(50_000),
      "👨‍👩‍👧🇩🇪".repeat(10_000),
      "\u001b[".repeat(50_000),
    ];
    const began = performance.now();
    expect([marked, emoji, codes].map((text) => ansi.stringWidth(text!))).toEqual([50_000, 40_000, 50_000]);
    expect(ansi.sliceAnsi(marked!, 1, 3)).toBe("e\u0301e\u0301");
    // Node.js 20 took a minute for each.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
