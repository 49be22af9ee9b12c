import { isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  absoluteFormAuthority,
  fieldLinesEnd,
  isFieldValue,
  isHost,
  isToken,
  listMembers,
  parseContentLength,
  targetEnd,
  trimWhitespace,
} from "../src/grammar.ts";
import { runs } from "./runs.ts";

const everyByte = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i));

describe("characters", () => {
  it("of tokens are those of RFC 9110 §5.6.2", () => {
    const allowed = everyByte.filter((character) => isToken(character)).join("");
    expect(allowed).toBe("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
    expect(isToken("")).toBe(false);
    expect(isToken("a b")).toBe(false);
  });

  it("of field values are HTAB, SP, VCHAR and obs-text", () => {
    const refused = everyByte
      .filter((character) => !isFieldValue(character))
      .map((character) => character.charCodeAt(0));
    expect(refused).toEqual([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      ...Array.from({ length: 22 }, (_, i) => 10 + i),
      127,
    ]);
    expect(isFieldValue("")).toBe(true);
    expect(isFieldValue("a\u0100")).toBe(false);
  });

  it("of targets are visible and not #", () => {
    const allowed = everyByte.filter((character) => targetEnd(character, 0) === 1).join("");
    expect(allowed).toHaveLength(93);
    expect(/^[!-~]+$/.test(allowed) && !allowed.includes("#")).toBe(true);
  });
});

describe("lists", () => {
  it.each([
    ["", []],
    [",", []],
    [" a , ,B\t,,", ["a", "b"]],
    ["a b", ["a b"]],
  ])("%j has the members %j", (value, members) => expect(listMembers(value)).toEqual(members));

  it("trimming takes SP and HTAB only", () => {
    expect(trimWhitespace("xx \t\xa0a\x0b \txx", 2, 9)).toBe("\xa0a\x0b");
    expect(trimWhitespace("  \t ", 0, 4)).toBe("");
  });
});

describe("numbers", () => {
  it.each([
    ["0", 0],
    ["007", 7],
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740992", Number.POSITIVE_INFINITY],
    ["9".repeat(500), Number.POSITIVE_INFINITY],
    ["", null],
    ["-0", null],
    ["1.0", null],
    [" 1", null],
    ["1\n", null],
  ])("%j is %d", (text, value) => expect(parseContentLength(text)).toBe(value));
});

describe("hosts", () => {
  it("between brackets are IPv6 addresses exactly where Node accepts them", () => {
    const group = fc.oneof(
      fc.constantFrom("", "0", "ffff", "12345", "g", "1.2.3.4", "256.1.1.1", "01.2.3.4", "1.2.3"),
      fc.nat(65_535).map((n) => n.toString(16)),
    );
    const address = fc.array(group, { minLength: 1, maxLength: 10 }).map((groups) => groups.join(":"));
    fc.assert(
      fc.property(
        fc.oneof(address, fc.ipV6(), fc.string({ unit: fc.constantFrom(..."01af:."), maxLength: 12 })),
        (text) => {
          expect(isHost(`[${text}]`)).toBe(isIPv6(text));
        },
      ),
      runs(3_000),
    );
  });

  it.each(["[::1%25eth0]", "[::1%eth0]", "[v.a]", "[vg.a]", "[v1.]", "[v1a]"])("%s is invalid", (host) => {
    expect(isHost(host)).toBe(false);
  });
});

describe("absolute-form", () => {
  it.each([
    ["http://a/b", "a"],
    ["http://a:1?b", "a:1"],
    ["x+y-z.1://[::1]", "[::1]"],
    ["http://u@a/", "u@a"],
    ["http:///", ""],
    ["/http://a", null],
    ["http:/a", null],
    ["1x://a", null],
    ["*", null],
  ])("%s has the authority %j", (target, authority) => expect(absoluteFormAuthority(target)).toBe(authority));
});

describe("field lines", () => {
  it("end where the first invalid or incomplete one begins", () => {
    const text = "X\r\nA:\r\nB: c\r\nD\r\n";
    expect(fieldLinesEnd(text, 3)).toBe(13);
    expect(fieldLinesEnd(text, 0)).toBe(0);
    expect(fieldLinesEnd("A: b\r", 0)).toBe(0);
  });

  it("may be many and long, without exhausting the engine's stack", () => {
    const text = `${"a".repeat(100)}: ${"b".repeat(400_000)}\r\n`.repeat(4) + "c: d\r\n".repeat(100_000);
    expect(fieldLinesEnd(text, 0)).toBe(text.length);
    expect(fieldLinesEnd(`${text}\x00`, 0)).toBe(text.length);
  });
});
