import { callInBun, findBun, NO_BUN } from "@mantou/testing/bun";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob } from "../../src/global/glob/glob-pattern.ts";

const bun = findBun();

const matches = (pattern: string, paths: readonly string[], hidden = true): string[] => {
  const matcher = compileGlob(pattern, hidden);
  return paths.filter((path) => matcher.test(path));
};

describe("compileGlob", () => {
  const paths = ["a", "ab", "b", "a/b", "a/x/b", "a/x/y/b", ".a", "a/.b", "a.html", "x/a.html", "-", "*"];
  it.each([
    ["a", "a"],
    ["?", "a b - *"],
    ["*", "a ab b .a a.html - *"],
    ["a*", "a ab a.html"],
    ["a/*", "a/b a/.b"],
    ["a/**", "a/b a/x/b a/x/y/b a/.b"],
    ["a/**/b", "a/b a/x/b a/x/y/b"],
    ["**/b", "b a/b a/x/b a/x/y/b"],
    ["**/*.html", "a.html x/a.html"],
    ["a**", "a ab a.html"],
    ["[ab]", "a b"],
    ["[!ab]", "- *"],
    ["[^a-b]", "- *"],
    ["[-x]", "-"],
    ["[z-a]", ""],
    ["{a,b}", "a b"],
    ["{a,a/{b,x/b}}", "a a/b a/x/b"],
    ["a{,b}", "a ab"],
    ["\\*", "*"],
    ["!a*", "b a/b a/x/b a/x/y/b .a a/.b x/a.html - *"],
    ["!!a", "a"],
    ["a.html", "a.html"],
  ])("%s", (pattern, expected) => {
    expect(matches(pattern, paths).join(" ")).toBe(expected);
  });

  it("finds hidden names with wildcards only by the option, and otherwise by their dot", () => {
    const hidden = [".a", "a", "b/.a", "b/a", ".b/a", "b/.c/a"];
    expect(matches("**/*", hidden, false)).toEqual(["a", "b/a"]);
    expect(matches("**/?a", hidden, false)).toEqual([]);
    expect(matches("**/[.]a", hidden, false)).toEqual([]);
    expect(matches("**/.*", hidden, false)).toEqual([".a", "b/.a"]);
    expect(matches(".b/*", hidden, false)).toEqual([".b/a"]);
    expect(matches("**", hidden, true)).toEqual(hidden);
  });

  it("takes what is not closed, and every character that means something to expressions, for itself", () => {
    for (const text of [
      "[",
      "[a",
      "{a",
      "a}",
      "a{b",
      "(a|b)",
      "a+",
      "^a$",
      "a.b",
      "a\nb",
      "😀",
      "\\\\",
      "]",
    ]) {
      const path = text === "\\\\" ? "\\" : text;
      expect(matches(text, [path, "aa", "b", "axb"]), text).toEqual([path]);
    }
  });

  it("never fails, whatever the pattern", () => {
    const chars = fc.string({ unit: fc.constantFrom(..."ab*?[]!{},/\\.^-é😀"), maxLength: 12 });
    fc.assert(
      fc.property(chars, chars, (pattern, path) => typeof matches(pattern, [path]).length === "number"),
    );
  });

  it.skipIf(bun === null)(`matches what Bun's matches${bun === null ? ` (${NO_BUN})` : ""}`, async () => {
    const name = fc.string({ unit: fc.constantFrom(..."ab.*?"), minLength: 1, maxLength: 3 });
    const { nested } = fc.letrec<{ nested: string; options: string[] }>((tie) => ({
      nested: fc
        .array(
          fc.oneof(
            { maxDepth: 2 },
            fc.constantFrom("a", "b", "x", "*", "?"),
            fc
              .tuple(fc.constantFrom(..."!+*?@"), tie("options"))
              .map(([kind, options]) => `${kind}(${options.join("|")})`),
            tie("options").map((options) => `{${options.join(",")}}`),
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map((parts) => parts.join("")),
      options: fc.array(tie("nested"), { minLength: 1, maxLength: 2 }),
    }));
    const piece = fc.oneof(
      { weight: 4, arbitrary: name.filter((text) => !text.includes("**")) },
      fc.constantFrom(
        "**",
        "[ab]",
        "[!a]",
        "[a-c]x",
        "{a,b}",
        "{a,b.b}c",
        "a{,b}",
        "\\*",
        "@(a|b)",
        "+(a|b.)c",
        "!(a)",
        "?(a)b",
        "*(b|c)",
        "{**,a}",
        "{a,{b,**}}",
        "{b/**,x}",
        "@(**|a)",
        "{**,a}b",
      ),
      nested.filter((text) => !/\*\*(?!\()/.test(text)),
    );
    const pattern = fc
      .tuple(fc.constantFrom("", "", "", "!"), fc.array(piece, { minLength: 1, maxLength: 4 }))
      .map(([not, pieces]) => not + pieces.join("/"));
    const path = fc
      .array(fc.string({ unit: fc.constantFrom(..."abcx."), minLength: 1, maxLength: 3 }), { maxLength: 4 })
      .map((names) => names.join("/"));
    const cases = fc.sample(fc.tuple(pattern, fc.array(path, { minLength: 5, maxLength: 20 })), 300);
    const asked = (await callInBun(
      bun!,
      "(cases) => cases.map(([pattern, paths]) => { const glob = new Bun.Glob(pattern); return paths.filter((path) => glob.match(path)); })",
      cases,
    )) as string[][];
    for (const [i, [pattern, paths]] of cases.entries())
      expect(matches(pattern, paths), pattern).toEqual(asked[i]);
  });
});

/** A "**" at the end of an alternative is a whole name, if a slash or the pattern's end is behind the braces. */
describe('"**" in alternatives', () => {
  const paths = [
    "a",
    "b",
    "b/a",
    "x/a",
    "x/y/a",
    "a/b",
    "a/x/b",
    "xa",
    ".h/a",
    "/a",
    "a/",
    "a/.h/b",
    "b/9/a",
  ];
  const cases: readonly (readonly [pattern: string, found: string])[] = [
    ["{**,x}/a", "a b/a x/a x/y/a .h/a /a b/9/a"],
    ["{**}/a", "a b/a x/a x/y/a .h/a /a b/9/a"],
    ["{**/,x/}a", "a b/a x/a x/y/a .h/a /a b/9/a"],
    ["{b,{q,**}}/a", "a b/a x/a x/y/a .h/a /a b/9/a"],
    ["{b/**,c}/a", "b/a b/9/a"],
    ["{b/{**,z},c}/a", "b/a b/9/a"],
    ["a/{**,x}/b", "a/b a/x/b a/.h/b"],
    ["{**}/{**}/b", "b a/b a/x/b a/.h/b"],
    ["@(**|x)/a", "a b/a x/a x/y/a .h/a /a b/9/a"],
    ["?(b)/a", "b/a /a"],
    ["{**,x}/*", "a b b/a x/a x/y/a a/b a/x/b xa .h/a /a a/ a/.h/b b/9/a"],
    ["{a,q}/*", "a/b a/"],
    ["{**,x}a", "a xa"],
    ["{**,x}{/a,b}", "b b/a x/a .h/a /a"],
    ["{**,q}", paths.join(" ")],
    ["a/{**,q}", "a/b a/x/b a/ a/.h/b"],
    ["b/{8..9}/a", "b/9/a"],
    ["{b/{8..9},q}/a", "b/9/a"],
    ["!{**,x}/a", "b a/b a/x/b xa a/ a/.h/b"],
  ];

  it.each(cases)("%s", (pattern, found) => {
    expect(matches(pattern, paths).join(" ")).toBe(found);
  });

  it.skipIf(bun === null)(`finds what Bun finds${bun === null ? ` (${NO_BUN})` : ""}`, async () => {
    const match = "([pattern, paths]) => paths.filter((path) => new Bun.Glob(pattern).match(path)).join(' ')";
    const given = cases.map(([pattern]) => [pattern, paths]);
    expect(await callInBun(bun!, `(cases) => cases.map(${match})`, given)).toEqual(
      cases.map(([, found]) => found),
    );
  });

  it("finds no hidden names", () => {
    expect(matches("{**,x}/a", paths, false).join(" ")).toBe("a b/a x/a x/y/a /a b/9/a");
  });
});

/** Each of them would take an expression that tries one way behind the other for ages. */
describe("a long path", () => {
  const long = "a".repeat(2000);
  it.each<[pattern: string, path: string, found: boolean]>([
    [`${"*a".repeat(20)}b`, long, false],
    [`${"*a".repeat(20)}`, long, true],
    ["+(a|aa|*)b", long, false],
    ["+(+(+(a|)|)|)b", long, false],
    ["**/a/**/a/**/a/**/a/**/b", "a/".repeat(1000), false],
    ["!(*a)*!(*b)*!(*c)d", long, false],
    ["!(a)".repeat(200), "b".repeat(200), true],
  ])("%s", (pattern, path, found) => {
    expect(compileGlob(pattern, true).test(path)).toBe(found);
  });
});

describe("groups and ranges", () => {
  it.each<[pattern: string, found: string, left: string]>([
    ["+(a)", "a aa", "ab"],
    ["@(a|b)", "a b", "ab"],
    ["?(a|b)c", "c ac", "abc"],
    ["*(a|b)c", "c abac", "dc"],
    ["!(a|b)", "c ab", "a b"],
    ["(a|b)", "(a|b)", "a"],
    ["@(a*|b/c).ts", "ax.ts b/c.ts", "b.ts"],
    ["+(a|@(b|c))", "abc", "d"],
    ["a@(", "a@(", "a"],
    ["*.!(js)", "a.ts a.js.ts", "a.js"],
    ["**/!(*.test).ts", "a/b.ts b.ts", "a/b.test.ts"],
    ["x!(a)", "xb x", "xa"],
    ["!(*b)!(*c)", "a c xc", "ab"],
    ["+(!(b)x)", "ax axax", "bx b a"],
    ["a**(b)", "a ab axb", "b"],
    ["+(a*(b|)?(c))", "a abb acabc", "b"],
    ["?(😀)?", "a 😀 😀a", "aa"],
    ["{1..3}", "1 2 3", "4 {1..3} 1..3"],
    ["{01..10..3}", "01 04 10", "4 02"],
    ["{c..a}x", "ax cx", "dx"],
    ["{-1..1}", "-1 0 1", "2"],
    ["{1..a}", "1..a", "1"],
    ["{a..e..2}", "a c e", "b"],
    ["**/*", "a a/b", "a/"],
    ["***", "ab", "a/b"],
    ["a/**/**", "a/ a/b a/b/c", "a"],
    ["a/**/*", "a/b a/b/c", "a a/"],
  ])("%s", (pattern, found, left) => {
    const test = (path: string): boolean => compileGlob(pattern, true).test(path);
    expect(found.split(" ").filter((path) => !test(path))).toEqual([]);
    expect(left.split(" ").filter(test)).toEqual([]);
  });

  it("refuses a range that would be megabytes", () => {
    expect(() => compileGlob("{1..1000000}", true)).toThrow(RangeError);
  });
});

describe("a class", () => {
  it.each<[pattern: string, path: string, found: boolean]>([
    ["a[+-0]b", "a/b", false],
    ["a[+-0]b", "a+b", true],
    ["a[+-0]b", "a.b", true],
    ["a[+-0]b", "a0b", true],
    ["a[ -~]b", "a/b", false],
    ["a[ -~]b", "a~b", true],
    ["a[!-~]b", "a-b", false],
    ["a[.-0]b", "a/b", false],
    ["a[!+-0]b", "a/b", false],
    ["a[!+-0]b", "a.b", false],
    ["a[!+-0]b", "a1b", true],
    // Who writes it means it, and Bun takes it.
    ["a[/]b", "a/b", true],
    ["a[x/]b", "a/b", true],
  ])("%s and %s: no range has a slash in it", (pattern, path, found) => {
    expect(compileGlob(pattern, true).test(path)).toBe(found);
  });
});
