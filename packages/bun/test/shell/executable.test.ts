import { expect, it } from "vitest";
import { executablesOf } from "../../src/shell/executable.ts";

it.skipIf(process.platform === "win32").each([
  ["git log | head -2", ["git", "log", "head", "-2"]],
  ["'git' log | 'my-tool'", ["git", "log", "my-tool"]],
  ["echo 'a | b' && ls", []],
  ["cat 'some file'", ["cat"]],
  ["false || ls", []],
  ["echo 'it'\"'\"'s a | text' | wc", ["it", "wc"]],
])("finds what may be a command in %s", (text, found) => {
  expect(executablesOf(text)).toEqual(found);
});

it.skipIf(process.platform === "win32")("takes no more than a hundred words", () => {
  const words = Array.from({ length: 50_000 }, (_, i) => `w${i}`);
  expect(executablesOf(`sort | ${words.join(" ")}`)).toHaveLength(100);
});
