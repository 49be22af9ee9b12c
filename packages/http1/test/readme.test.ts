import { readFile, rm, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ERRORS, type ErrorCode } from "../src/errors.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);

/** The cells of the table between the two comments, without its head. */
function table(name: string): string[][] {
  const text = readme.split(`<!-- ${name} -->`)[1]!.split(`<!-- /${name} -->`)[0]!;
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

  it("has examples", () => expect(blocks).toHaveLength(5));

  it.each(blocks.map((code, i) => ({ code, i })))("example $i runs, and its assertions hold", async ({
    code,
    i,
  }) => {
    const file = new URL(`readme-example-${i}.ts`, import.meta.url);
    const local = code
      .replaceAll('"@mantou/http1"', '"../src/index.ts"')
      .replaceAll('"@mantou/http1/arbitraries"', '"../src/arbitraries/index.ts"');
    expect(local).toContain("assert");
    await writeFile(file, local);
    try {
      await import(file.pathname);
    } finally {
      await rm(file);
    }
  });
});
