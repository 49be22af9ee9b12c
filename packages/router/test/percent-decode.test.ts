import { codePoint } from "@mantou/testing/any-text";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodedSegment } from "../src/arbitraries/index.ts";
import { percentDecode } from "../src/percent-decode.ts";
import { decodeByTokens } from "./oracle.ts";
import { runs } from "./runs.ts";

const R = "\ufffd";

describe("percentDecode", () => {
  // Every row is what Bun 1.4.5 put into `req.params.id` for "/:id".
  it.each([
    ["a+b", "a+b"],
    ["%41", "A"],
    ["%00", "\0"],
    ["a%2Fb", "a/b"],
    ["%2F..%2f", "/../"],
    ["%C3%A9", "é"],
    ["%c3%a9", "é"],
    ["%F0%9F%98%80%F0%9F%98%80", "😀😀"],
    ["%EF%BB%BFx", "\ufeffx"],
    ["%EF%BF%BD", R],
    ["%EF%BF%BF", "\uffff"],
    // Not an escape: "%" takes the next two characters along, if there are two.
    ["%", R],
    ["%4", `${R}4`],
    ["%41%", `A${R}`],
    ["%41%4", `A${R}4`],
    ["%zz", R],
    ["%4g", R],
    ["%g4", R],
    ["%-1", R],
    ["%+1a", `${R}a`],
    ["x%zzy", `x${R}y`],
    ["%%41", `${R}1`],
    ["%%%41", `${R}41`],
    ["%u0041", `${R}041`],
    // Cut short.
    ["%E0%A4", R],
    ["%E2%82A", `${R}A`],
    ["%E2%82%41", `${R}A`],
    ["%E2%82%E2%82%AC", `${R}€`],
    ["%E2%41%41", `${R}AA`],
    ["%F0%9F%98a%41", `${R}aA`],
    ["%F0%9F%98%F0%9F%98%80", `${R}😀`],
    ["%C3%zz", R + R],
    ["%C3%4", `${R}${R}4`],
    ["%F0%28%8C%BC", `${R}(${R}${R}`],
    ["%F0%90%28%BC", `${R}(${R}`],
    // Overlong, surrogate, beyond U+10FFFF: one U+FFFD per sequence.
    ["%C0%80", R],
    ["%C1%BF", R],
    ["%C0%80%80", R + R],
    ["%E0%80%80", R],
    ["%F0%80%80%80", R],
    ["%ED%A0%80", R],
    ["%ED%A0%80%ED%B0%80", R + R],
    ["%F4%90%80%80", R],
    ["%F5%80%80%80", R],
    ["%ED%BF%BF", R],
    ["%E0%9F%BF", R],
    ["%F0%8F%BF%BF", R],
    // No lead octet: one each.
    ["%80%80", R + R],
    ["%F8%80%80%80%80", R.repeat(5)],
    ["%FE%FF", R + R],
  ])("reads %j as %j, as Bun does", (text, decoded) => {
    expect(percentDecode(text)).toBe(decoded);
  });

  it.each([
    ["%7F", "\x7f"],
    ["%C2%80", "\x80"],
    ["%DF%BF", "\u07ff"],
    ["%E0%A0%80", "\u0800"],
    ["%ED%9F%BF", "\ud7ff"],
    ["%EE%80%80", "\ue000"],
    ["%F0%90%80%80", "\u{10000}"],
    ["%F4%8F%BF%BF", "\u{10ffff}"],
  ])("reads %j, at the edge of a range", (text, decoded) => {
    expect(percentDecode(text)).toBe(decoded);
  });

  it("agrees with a decoder by tokens on anything", () => {
    fc.assert(
      fc.property(encodedSegment(), (text) => {
        expect(percentDecode(text)).toBe(decodeByTokens(text));
      }),
      runs(2000),
    );
  });

  it("agrees with TextDecoder on any octets, except for how many U+FFFD stand in a row", () => {
    const once = (text: string): string => text.replace(/\ufffd+/g, R);
    const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        const escapes = Buffer.from(octets).toString("hex").replace(/../g, "%$&");
        expect(once(percentDecode(escapes))).toBe(once(lenient.decode(octets)));
      }),
      runs(1000),
    );
  });

  it("undoes encodeURIComponent", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (text) => {
        expect(percentDecode(encodeURIComponent(text))).toBe(text);
      }),
      runs(500),
    );
  });

  it("leaves no half of a surrogate pair behind a broken escape", () => {
    expect(percentDecode("%a😀b")).toBe(`${R}b`);
    expect(percentDecode("%😀b")).toBe(`${R}b`);
    // The last character of one UTF-16 unit takes one.
    expect(percentDecode("%a\uffffb")).toBe(`${R}b`);
    expect(percentDecode("%aé😀")).toBe(`${R}😀`);
  });
});
