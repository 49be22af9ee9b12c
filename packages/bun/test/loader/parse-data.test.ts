import { describe, expect, it } from "vitest";
import { type DataFormat, parseData } from "../../src/loader/parse-data.ts";

describe("a file of data with a fault is reported with its place and its line", () => {
  it.each<[DataFormat, string, number, number]>([
    ["json", '{\n  "a": 1,,\n}', 2, 10],
    ["json", '{"a": 1, // no\n}', 1, 10],
    ["json", "", 1, 1],
    ["jsonc", '{"a" 1}', 1, 6],
    ["jsonc", '{\n"a": 1\n"b": 2}', 3, 1],
    ["json5", "{a:\n}", 2, 1],
    ["toml", "a = 1\nb = ", 2, 5],
    ["yaml", "a: 1\nb: @x", 2, 4],
    ["yaml", "a: *x\n", 1, 4],
  ])("%s %j", (format, text, line, column) => {
    let error: Error | undefined;
    try {
      parseData("/folder/file", text, format);
    } catch (thrown) {
      error = thrown as Error;
    }
    expect(error).toBeInstanceOf(SyntaxError);
    expect(error!.stack!.split("\n").at(-1)).toBe(`    at /folder/file:${line}:${column}`);
    expect(error!.message).toContain(`${line} | ${text.split("\n")[line - 1]}\n`);
  });
});
