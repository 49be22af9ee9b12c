import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasToken, isToken, splitList, trimOws } from "../src/field-value.ts";
import { runs } from "./support.ts";

describe("trimOws (RFC 9110 §5.6.3)", () => {
  it("removes spaces and tabs at both ends, and nothing else", () => {
    expect(trimOws(" \t a \t b\t ")).toBe("a \t b");
    expect(trimOws(" \t ")).toBe("");
    for (const kept of ["", "a", "\u00a0a\u00a0", "\na\r", "\ufeffa", "\va\f"])
      expect(trimOws(kept)).toBe(kept);
  });
});

describe("splitList (RFC 9110 §5.6.1)", () => {
  it("gives the elements, without the spaces around them and without the empty ones", () => {
    expect(splitList(", a ,\tb c,,d\t,")).toEqual(["a", "b c", "d"]);
    expect(splitList("")).toEqual([]);
    expect(splitList(" , \t,")).toEqual([]);
  });

  it("gives the joined elements, whatever stands between them", () => {
    const element = fc.stringMatching(/^[!-+\--~]{1,6}$/);
    const space = fc.stringMatching(/^[ \t]{0,3}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(space, fc.option(element, { nil: "" }), space)), (parts) => {
        const elements = parts.map(([, value]) => value).filter((value) => value !== "");
        expect(splitList(parts.map((part) => part.join("")).join(","))).toEqual(elements);
      }),
      runs(300),
    );
  });
});

describe("isToken (RFC 9110 §5.6.2)", () => {
  it("takes each of the 77 characters, and no other", () => {
    const taken = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code)).filter(isToken);
    expect(taken.join("")).toBe(
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
    );
    expect(isToken("")).toBe(false);
    expect(isToken("a b")).toBe(false);
    expect(isToken("a\n")).toBe(false);
  });
});

describe("hasToken", () => {
  it("looks at whole elements", () => {
    expect(hasToken("keep-alive, Upgrade", /^upgrade$/i)).toBe(true);
    expect(hasToken("upgrades, up grade", /^upgrade$/i)).toBe(false);
    expect(hasToken(null, /^upgrade$/i)).toBe(false);
  });
});
