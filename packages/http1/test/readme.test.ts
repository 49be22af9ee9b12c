import { readReadme, testExamples } from "@mantou/testing/readme";
import { describe, expect, it } from "vitest";
import { ERRORS, type ErrorCode } from "../src/errors.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";

const root = new URL("../", import.meta.url);
const readme = readReadme(root);

/** The cells of the table between the two comments, without its head. */
function table(name: string): string[][] {
  const text = readme.text.split(`<!-- ${name} -->`)[1]!.split(`<!-- /${name} -->`)[0]!;
  return text
    .trim()
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("the README", () => {
  it("has a row for each rejection", () => {
    const expected = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
      const { status, message, rfc } = ERRORS[code];
      return [`\`${code}\``, `${status}`, message, rfc];
    });
    expect(table("rejections")).toEqual(expected);
  });

  it("has a row for each limit", () => {
    const expected = Object.entries(DEFAULT_LIMITS).map(([name, value]) => [`\`${name}\``, `${value}`]);
    expect(table("limits").map((row) => row.slice(0, 2))).toEqual(expected);
  });
});

testExamples(root, readme);
