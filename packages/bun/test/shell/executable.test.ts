import { expect, it } from "vitest";
import { executablesOf } from "../../src/shell/executable.ts";

it.skipIf(process.platform === "win32").each([
  ["git log | head -2", ["git", "head"]],
  ["'git' log | 'my-tool' x", ["git", "my-tool"]],
  ["FOO='a b' BAR=c sort x |\n uniq && (cut y; echo \"$(tr z)\")", ["sort", "uniq", "cut", "tr"]],
  ["echo 'a | b' && ls", []],
  ["cat 'some file'", ["cat"]],
  ["false || ls", []],
  ["echo 'it'\"'\"'s a | text' | wc", ["wc"]],
  ["echo 'it'\"'''\"'s a | text; rm' | wc", ["wc"]],
])("finds the commands in %s", (text, found) => {
  expect([...executablesOf(text)]).toEqual(found);
});

it.skipIf(process.platform === "win32")("takes no argument for a command", () => {
  const words = Array.from({ length: 50_000 }, (_, i) => `'w${i}'`);
  expect([...executablesOf(`echo ${words.join(" ")} | sort`)]).toEqual(["sort"]);
});
