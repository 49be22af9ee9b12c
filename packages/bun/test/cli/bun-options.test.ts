import { expect, it } from "vitest";
import { environmentArguments } from "../../src/cli/bun-options.ts";

it.each<[string | undefined, string[]]>([
  [undefined, []],
  [" \t\n", []],
  ["--hot  --port 80\n", ["--hot", "--port", "80"]],
  ["--define A='\"x y\"' -e 'console.log(\"\\n\")'", ["--define", 'A="x y"', "-e", 'console.log("\\n")']],
  ['--cwd "a \\" b" "" c\\ d', ["--cwd", 'a " b', "", "c d"]],
  ["--cwd C:\\x\\y\\", ["--cwd", "C:\\x\\y\\"]],
  ["'not closed", ["not closed"]],
])("%j is %j", (text, words) => {
  expect(environmentArguments(text)).toEqual(words);
});
