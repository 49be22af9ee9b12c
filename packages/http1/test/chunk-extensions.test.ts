import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkExtensions } from "../src/arbitraries/index.ts";
import { type ExtensionPlace, mayEndAt, nextExtensionPlace } from "../src/chunk-extensions.ts";
import { runs } from "./runs.ts";

/** Whether the text, which begins behind the first semicolon, is a row of extensions; else where it went wrong. */
function read(text: string): true | number | "unfinished" {
  let place: ExtensionPlace = "before-name";
  for (let i = 0; i < text.length; i++) {
    const next = nextExtensionPlace(place, text.charCodeAt(i));
    if (next === null) return i;
    place = next;
  }
  return mayEndAt(place) ? true : "unfinished";
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
const one = `[ \\t]*${token}(?:[ \\t]*=[ \\t]*(?:${token}|${quoted}))?`;
/** The same grammar, all at once. */
const GRAMMAR = new RegExp(`^${one}(?:[ \\t]*;${one})*$`);

describe("chunk extensions", () => {
  it.each([
    "a",
    "\t a",
    "a=b",
    "a \t= \tb",
    'a=""',
    'a="b;c=d"',
    'a="\\"\\\\\\\t"',
    'a="\t \x21\x7e\x80\xff"',
    'a="";b',
    'a="" ;b',
    "a;b;c=d ; e",
    "!#$%&'*+-.^_`|~09azAZ=1",
  ])("%j are some", (text) => expect(read(text)).toBe(true));

  it.each([
    "",
    " ",
    "a ",
    "a=",
    "a= ",
    "a=b ",
    'a="',
    'a="x',
    'a="\\"',
    'a="" ',
    "a;",
    "a; ",
  ])("%j are unfinished", (text) => expect(read(text)).toBe("unfinished"));

  it.each([
    [";", 0],
    ["=a", 0],
    ['"a"', 0],
    ["a;;b", 2],
    ["a b", 2],
    ["a==b", 2],
    ["a=b=c", 3],
    ["a=b c", 4],
    ['a="b"c', 5],
    ['a="b""c"', 5],
    ['a=b"c"', 3],
    ['a="\0"', 3],
    ['a="\\\x7f"', 4],
    ['a="\r', 3],
    ["a\r", 1],
    ["a\n", 1],
    ["\xe9", 0],
    ["a=\xe9", 2],
    ["a/b", 1],
    ["a,b", 1],
  ] as const)("%j cannot go on at %i", (text, at) => expect(read(text)).toBe(at));

  it("match the grammar, read all at once", () => {
    const piece = fc.constantFrom("a", "Z9", ";", "=", " ", "\t", '"', "\\", "\xff", "\0", "\r", "\n", "/");
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
      chunkExtensions.map((extensions) => extensions.replace(/^[ \t]*;/, "")),
    );
    fc.assert(
      fc.property(text, (extensions) => {
        expect(read(extensions) === true).toBe(GRAMMAR.test(extensions));
      }),
      runs(5_000),
    );
  });
});
