import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { shellWord } from "../../src/cli/shell-word.ts";

const ARGUMENTS = [
  "a b",
  '"',
  "$HOME",
  "`id`",
  "\\",
  "a\\",
  '\\"',
  "50%",
  "%PATH%",
  "!x",
  "*",
  "",
  "é",
  "a\nb",
];

it("is one argument of a program behind a shell of POSIX", () => {
  const words = ARGUMENTS.map((each) => shellWord(each, "posix")).join(" ");
  const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
  expect(printed.split("\0").slice(0, -1)).toEqual(ARGUMENTS);
});

it("has carets in front of what cmd.exe knows, and backslashes for the program behind it", () => {
  expect(shellWord("--port=80", "windows")).toBe("--port=80");
  expect(shellWord("%PATH%", "windows")).toBe('^"^%PATH^%^"');
  expect(shellWord('a "b\\" c\\', "windows")).toBe('^"a^ \\^"b\\\\\\^"^ c\\\\^"');
  expect(shellWord("a&b", "batch")).toBe('^^^"a^^^&b^^^"');
});
