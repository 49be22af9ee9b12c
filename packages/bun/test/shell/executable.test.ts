import { expect, it } from "vitest";
import { findExecutables } from "../../src/shell/executable.ts";

it.skipIf(process.platform === "win32").each([
  ["git log | head -2", ["git", "head"]],
  ["'git' log | 'my-tool' x", ["git", "my-tool"]],
  ["FOO='a b' BAR=c sort x |\n uniq && (cut y; echo \"$(tr z)\")", ["sort", "uniq", "cut", "tr"]],
  ["echo 'a | b' && ls", ["ls"]],
  ["cat 'some file'", ["cat"]],
  ["false || ls", ["ls"]],
  ["touch a && rm a", ["touch"]],
  ["echo 'it'\"'\"'s a | text' | wc", ["wc"]],
  ["echo 'it'\"'''\"'s a | text; rm' | wc", ["wc"]],
])("finds the commands in %s", (text, found) => {
  expect([...findExecutables([text]).commands.values()]).toEqual(found);
});

it.skipIf(process.platform === "win32")("takes no argument for a command", () => {
  const words = Array.from({ length: 50_000 }, (_, i) => `'w${i}'`);
  expect([...findExecutables([`echo ${words.join(" ")} | sort`]).commands.keys()]).toEqual(["sort"]);
});

it.skipIf(process.platform === "win32")(
  "gives paths a name, and takes no text behind a value for a command",
  () => {
    expect(findExecutables(["A=b /bin/yes | './a b' x <", "/c | python3.11 -V; cat"])).toEqual({
      texts: ["A=b mantou-command-0 | mantou-command-1 x <", "/c | mantou-command-2 -V; cat"],
      commands: new Map([
        ["mantou-command-0", "/bin/yes"],
        ["mantou-command-1", "./a b"],
        ["mantou-command-2", "python3.11"],
        ["cat", "cat"],
      ]),
    });
  },
);
