import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { ErrorReport, ReportedFrame } from "../../src/errors/error-report.ts";
import { caretOf, describeValue, errorText, placeOf, shortPath, titleOf } from "../../src/errors/text.ts";

const NOTHING = { properties: [], frames: [], cause: null, errors: [] };
const frame: ReportedFrame = {
  owner: "application",
  name: "run",
  file: join(process.cwd(), "a.ts"),
  line: 10,
  column: 3,
  readable: true,
  source: [
    { number: 9, text: "{" },
    { number: 10, text: "\tthrow 1" },
  ],
};

it("a report reads like a stack trace, with the place, the causes and the errors", () => {
  const report: ErrorReport = {
    name: "AggregateError",
    message: "many",
    properties: [["code", "E"]],
    frames: [
      frame,
      { ...frame, name: "", line: 11 },
      { ...frame, name: "all", file: "index 0", line: 0, source: [] },
    ],
    errors: [{ ...NOTHING, name: "Error", message: "" }],
    cause: { ...NOTHING, name: "Thrown", message: "5" },
  };
  expect(errorText(report)).toBe(
    [
      "AggregateError: many",
      "  code: E",
      "    at run (a.ts:10:3)",
      "",
      "       9 | {",
      "    > 10 | \tthrow 1",
      "         | \t ^",
      "",
      "    at a.ts:11:3",
      "    at all (index 0)",
      "",
      "Error 1: Error",
      "",
      "Caused by: Thrown: 5",
    ].join("\n"),
  );
});

describe("parts", () => {
  it("a title without a message is the name", () => {
    expect(titleOf({ ...NOTHING, name: "Error", message: "" })).toBe("Error");
  });

  it("a path below the working directory is told from there, any other whole", () => {
    expect(shortPath(join(process.cwd(), "a", "b.ts"))).toBe(join("a", "b.ts"));
    expect(shortPath(`${process.cwd()}x/b.ts`)).toBe(`${process.cwd()}x/b.ts`);
    expect(placeOf({ ...frame, name: "" })).toBe("a.ts:10:3");
  });

  it("a path is told whole where the working directory has been removed", () => {
    const cwd = vi.spyOn(process, "cwd").mockImplementation(() => {
      throw Object.assign(new Error("uv_cwd"), { code: "ENOENT" });
    });
    expect(shortPath("/a/b.ts")).toBe("/a/b.ts");
    cwd.mockRestore();
  });

  it("a caret stands below its column; there is none where the line has been cut", () => {
    expect(caretOf("abc", 1)).toBe("^");
    expect(caretOf("a\tb", 3)).toBe(" \t^");
    expect(caretOf("abc", 4)).toBe("   ^");
    expect(caretOf("abc", 5)).toBeNull();
  });
});

describe("the description of a value", () => {
  it.each([
    [undefined, "undefined"],
    [5, "5"],
    [Symbol("s"), "Symbol(s)"],
    [{ toString: () => "never called" }, "[object Object]"],
    ["hello", '"hello"'],
    [class Page {}, "the function Page"],
    [() => "a body of any length", "a function"],
  ])("of %s is short", (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it("has the beginning of a long text, and nothing that acts on a terminal", () => {
    expect(describeValue("x".repeat(1_000_000))).toBe(`"${"x".repeat(60)}…"`);
    expect(describeValue("\x1b[2J\x9b\u202e")).toBe('"%1B[2J%C2%9B%E2%80%AE"');
    expect(describeValue(Symbol("\n".repeat(100)))).toBe(`Symbol(${"%0A".repeat(53)}…`);
  });
});
