import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanName, cleanRoom, cleanText, limits, parseClientMessage } from "../src/protocol.ts";

/** Characters that normalization, lower case and trimming change, appear from or disagree about. */
const awkward = fc.constantFrom(..."aAＡℂİẞŉﬁﷺ¨\u0301\u0307\u0345 \n\u00a0\u200b\u200d\ufeff\ud83e\ude62-_/");

/** Any code point but a surrogate. */
const codePoint = fc
  .integer({ min: 0, max: 0x10_ffff - 0x800 })
  .map((value) => String.fromCodePoint(value < 0xd800 ? value : value + 0x800));

describe("cleaning", () => {
  test.each([
    [" Ann ", "Ann"],
    ["Ann\n\t Bell", "Ann Bell"],
    ["Ａｎｎ", "Ann"],
    ["An\u202en\u200b", "Ann"],
    ["\ud83e", null],
    ["", null],
    ["x".repeat(limits.name), "x".repeat(limits.name)],
    ["x".repeat(limits.name + 1), null],
  ])("the name %j becomes %j", (name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });

  test.each([
    ["Tea House", "tea-house"],
    ["茶馆", "茶馆"],
    ["चाय", "चाय"],
    ["a_b-2", "a_b-2"],
    ["a/b", null],
    ["#a", null],
    ["", null],
    ["x".repeat(limits.room + 1), null],
  ])("the room %j becomes %j", (room, clean) => {
    expect(cleanRoom(room)).toBe(clean);
  });

  test("what is clean stays as it is: the page and the server may both clean", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.string({ unit: awkward })), (input) => {
        for (const clean of [cleanName, cleanRoom, cleanText]) {
          const once = clean(input);
          if (once !== null) expect(clean(once)).toBe(once);
        }
      }),
    );
  });
});

describe("parsing", () => {
  test("accepts the three messages, and takes nothing else along", () => {
    const parse = (message: object) => parseClientMessage(JSON.stringify({ ...message, extra: 1 }));
    expect(parse({ type: "say", text: " hi " })).toEqual({ type: "say", text: "hi" });
    expect(parse({ type: "say", text: "hi", ref: "1" })).toEqual({ type: "say", text: "hi", ref: "1" });
    expect(parse({ type: "rename", name: "Ann" })).toEqual({ type: "rename", name: "Ann" });
    expect(parse({ type: "join", room: "Tea" })).toEqual({ type: "join", room: "tea" });
  });

  test("never throws, whatever comes", () => {
    const types = ["say", "rename", "join", "error", "welcome"];
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          { type: fc.constantFrom(...types), text: fc.anything(), name: fc.anything(), room: fc.anything() },
          { requiredKeys: ["type"] },
        )
        // A value that JSON cannot express (a bigint, a loop) is none that can arrive.
        .map((value) => {
          try {
            return JSON.stringify(value);
          } catch {
            return "";
          }
        }),
    );
    fc.assert(
      fc.property(anything, (raw) => {
        expect(["say", "rename", "join", "error"]).toContain(parseClientMessage(raw).type);
      }),
    );
  });
});
