import { describe, expect, it } from "vitest";
import { type DataFormat, parseData } from "../../../src/loader/data/parse-data.ts";

describe("a file of data with a fault is reported with its place and its line", () => {
  it.each<[DataFormat, string, number, number]>([
    ["json", '{\n  "a": 1,,\n}', 2, 10],
    ["json", '{"a": 1, // no\n}', 1, 10],
    ["json", "", 1, 1],
    ["jsonc", '{"a" 1}', 1, 6],
    ["jsonc", '{\n"a": 1\n"b": 2}', 3, 1],
    ["json5", "{a:\n}", 2, 1],
    ["toml", "a = 1\nb = ", 2, 5],
    ["toml", "a = '2024-02-30' # 2023-02-29\nb = 2023-02-29T10:00:00Z", 2, 5],
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
    const source = text.split("\n")[line - 1];
    expect(error!.stack).toContain(`\n    at /folder/file:${line}:${column}\n\n${line} | ${source}\n`);
  });
});

describe("a value of a file of data", () => {
  it.each<[DataFormat, string]>([
    ["json", '{"__proto__": {"a": 1}}'],
    ["jsonc", '{"__proto__": {"a": 1,}, /* none */}'],
    ["json5", '{"__proto__": {a: 1}}'],
    ["toml", '"__proto__" = {a = 1}'],
    ["yaml", "__proto__: {a: 1}"],
  ])("%s: has __proto__ as a member like others", (format, text) => {
    const value = parseData("/folder/file", text, format) as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect([Object.prototype, null]).toContain(Object.getPrototypeOf(value));
    expect(value).not.toHaveProperty("a");
  });

  it("toml: has days that are none in texts and comments", () => {
    const text =
      "a = '2024-02-30' # 2023-02-29\n2023-02-30 = 2024-02-29T00:00:00.12345678901Z\n0000-02-30 = 1";
    const value = parseData("/folder/file", text, "toml") as object;
    expect(value).toMatchObject({ a: "2024-02-30", "0000-02-30": 1 });
    expect(Object.keys(value)).toHaveLength(3);
  });

  it("jsonc: has no comments and no commas at the ends", () => {
    const text = '// a\n{"a": [1, /* , */ 2,], "b": "// \\u0041,}", "c": {"d": [],},}';
    expect(parseData("/folder/file", text, "jsonc")).toEqual({ a: [1, 2], b: "// A,}", c: { d: [] } });
  });

  it("yaml: can have many aliases of an anchor", () => {
    const text = `a: &a {b: 1}\nl: [${"*a, ".repeat(20_000)}]`;
    const value = parseData("/folder/file", text, "yaml") as { a: object; l: object[] };
    expect(value.l).toHaveLength(20_000);
    expect(value.l.every((each) => each === value.a)).toBe(true);
  });

  it("yaml: an alias in front of its anchor is a fault", () => {
    expect(() => parseData("/folder/file", "a: *b\nc: &b 1", "yaml")).toThrow("Unresolved alias b");
  });
});
