import { readFile, rm, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type RejectionCode, rejections } from "../src/errors.ts";
import { defaultLimits } from "../src/limits.ts";

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
    const expected = (Object.keys(rejections) as RejectionCode[]).map((code) => {
      const { status, message, rfc } = rejections[code];
      return [`\`${code}\``, `${status}`, message, rfc];
    });
    expect(table("rejections")).toEqual(expected);
  });

  it("has a row for each limit", () => {
    const expected = Object.entries(defaultLimits).map(([name, value]) => [`\`${name}\``, `${value}`]);
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
