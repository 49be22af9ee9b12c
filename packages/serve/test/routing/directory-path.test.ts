import { sep } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinNames, parseDirectoryPath } from "../../src/routing/directory-path.ts";
import { runs } from "../support/runs.ts";

/** RFC 3986 §3.3: what a segment may have as it is. */
const PCHAR = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@");

/** A segment's name, found by trying to write it: null if there is another way, or none. */
function naiveName(segment: string): string | null {
  const bytes: number[] = [];
  for (let at = 0; at < segment.length; at++) {
    const character = segment[at]!;
    if (character !== "%") {
      const code = character.charCodeAt(0);
      if (code <= 0x20 || code > 0x7e || character === "\\") return null;
      bytes.push(code);
      continue;
    }
    const digits = segment.slice(at + 1, at + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) return null;
    const byte = Number.parseInt(digits, 16);
    if (PCHAR.has(String.fromCharCode(byte)) || byte === 0 || byte === 0x2f || byte === 0x5c) return null;
    bytes.push(byte);
    at += 2;
  }
  const text = Buffer.from(bytes).toString();
  if (!Buffer.from(text).equals(Buffer.from(bytes))) return null;
  return text === "" || text === "." || text === ".." ? null : text;
}

function naive(rest: string): ReturnType<typeof parseDirectoryPath> {
  const segments = rest.split("/");
  const isDirectory = segments.at(-1) === "";
  const names = (isDirectory ? segments.slice(0, -1) : segments).map(naiveName);
  return names.includes(null) ? null : { names: names as string[], isDirectory };
}

const piece = fc.constantFrom(
  "a",
  ".",
  "..",
  "/",
  "//",
  "%",
  "\\",
  "é",
  " ",
  "[",
  "|",
  "\0",
  "%2e",
  "%2E",
  "%2f",
  "%00",
);
const escaped = fc.nat(255).map((byte) => `%${byte.toString(16).padStart(2, "0")}`);
const utf8 = fc.string({ unit: "grapheme", maxLength: 4 }).map((text) => encodeURIComponent(text));

describe("the path below a directory route", () => {
  it("has one form for each file, and no way out", () => {
    const path = fc.array(fc.oneof(piece, escaped, utf8), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(path, (rest) => {
        const parsed = parseDirectoryPath(rest, "linux");
        expect(parsed).toEqual(naive(rest));
        for (const name of parsed?.names ?? []) expect(name).not.toMatch(/[/\\\0]|^\.{0,2}$/);
      }),
      runs(5000),
    );
  });

  it("refuses each escape of what stands for itself, and of / \\ NUL, and takes the others", () => {
    for (let byte = 0; byte < 128; byte++) {
      for (const hex of [
        byte.toString(16).padStart(2, "0"),
        byte.toString(16).padStart(2, "0").toUpperCase(),
      ]) {
        expect([hex, parseDirectoryPath(`a%${hex}`, "linux")]).toEqual([hex, naive(`a%${hex}`)]);
      }
    }
  });

  it.each<[string, readonly string[] | null, boolean]>([
    ["", [], true],
    ["a.txt", ["a.txt"], false],
    ["a/b/", ["a", "b"], true],
    [".hidden", [".hidden"], false],
    ["sp%20ace", ["sp ace"], false],
    ["%C3%A9", ["é"], false],
    ["p%2541", ["p%41"], false],
    ["...", ["..."], false],
    ["/a", null, false],
    ["a//b", null, false],
    ["a//", null, false],
    ["..", null, false],
    ["../", null, false],
    ["a/./b", null, false],
    ["%2e%2e/a", null, false],
    ["..%2fa", null, false],
    ["a%5c..%5cb", null, false],
    ["a%00.txt", null, false],
    ["%61", null, false],
    ["%ff", null, false],
    ["%c0%ae%c0%ae", null, false],
    ["%", null, false],
    ["%4", null, false],
    ["%zz", null, false],
  ])("%j", (rest, names, isDirectory) => {
    expect(parseDirectoryPath(rest, "linux")).toEqual(names === null ? null : { names, isDirectory });
  });

  it("refuses on Windows what has another meaning there", () => {
    for (const name of [
      "C:",
      "a.txt::$DATA",
      "a.",
      "a%20",
      "con",
      "NUL.txt",
      "com1.x",
      "a%22b",
      "b|c",
      "q%3F",
      "x%01",
    ]) {
      expect([name, parseDirectoryPath(name, "win32")]).toEqual([name, null]);
      expect(parseDirectoryPath(name, "linux")).not.toBeNull();
    }
    for (const name of ["a.txt", "console", "a%20b", ".b", "com", "nulls.txt"]) {
      expect(parseDirectoryPath(name, "win32")).toEqual(parseDirectoryPath(name, "linux"));
    }
  });
});

describe("the path of names", () => {
  it("has one separator between each", () => {
    expect(joinNames("/root", ["a", "b"])).toBe(`/root${sep}a${sep}b`);
    expect(joinNames(sep, ["a"])).toBe(`${sep}a`);
    expect(joinNames("/root", [])).toBe("/root");
  });
});
