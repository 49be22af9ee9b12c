import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Numbers about speed in the README at the root are those of the first run in docs/benchmarks.md that has them, rounded. */

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const readme = read("README.md");
const runs = read("docs/benchmarks.md").split(/^## /m).slice(1);

/** Where the numbers of a line of the README's table come from: by its first words, the scenario and the column's heading. */
const sources: readonly (readonly [line: RegExp, scenario: string, column: RegExp])[] = [
  [/^hello, CPU per request$/, "hello", /^CPU µs each/],
  [/^hello, requests\/s$/, "hello", /\/s$/],
  [/^hello, 16 pipelined, requests\/s$/, "pipelined", /\/s$/],
  [/^WebSocket echo, messages\/s$/, "ws-echo", /\/s$/],
  [/^chat of 16 clients, messages\/s$/, "chat-16", /\/s$/],
  [/^chat of 16 clients, compressed$/, "chat-16-deflate", /\/s$/],
  [/^the same, 16 in flight from each$/, "chat-16x16", /\/s$/],
];

const cells = (line: string): string[] => {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
};

/** What the page has for a contestant, by the heading of the column: the number itself, without its spread. */
function measured(scenario: string, contestant: string, column: RegExp): number {
  for (const run of runs) {
    const table = (run.split(`### ${scenario}\n`)[1] ?? "").split("### ")[0]!.split("\n");
    const lines = table.filter((line) => line.startsWith("|")).map(cells);
    const at = lines[0]?.findIndex((heading) => column.test(heading)) ?? -1;
    const line = lines.find(([name]) => name === contestant);
    const number = Number(line?.[at]?.split(" ")[0]?.replaceAll(",", ""));
    if (!Number.isNaN(number)) return number;
  }
  throw new Error(`docs/benchmarks.md has no ${column} of ${contestant} in ${scenario}`);
}

/** Rounded to the last digit that is not a zero in front of the point, or to the last behind it. */
function rounded(number: number, like: string): number {
  const [whole = "", decimals] = like.replaceAll(",", "").split(".");
  const unit = decimals === undefined ? 10 ** /0*$/.exec(whole)![0].length : 10 ** -decimals.length;
  return Number((Math.round(number / unit) * unit).toFixed(decimals?.length ?? 0));
}

describe("the README's numbers", () => {
  const speed = readme.split(/^## How fast$/m)[1]!.split(/^## /m)[0]!;
  const lines = speed.split("\n").filter((line) => line.startsWith("|"));

  it("are in a table of measurements", () => {
    expect(lines.length).toBeGreaterThan(3);
  });

  for (const line of lines.slice(2)) {
    const [label = "", own = "", others = ""] = cells(line);
    it(`are measured: ${label}`, () => {
      const source = sources.find(([words]) => words.test(label));
      if (source === undefined) throw new Error("say in this file where the numbers of that line come from");
      const named = [...`mantou ${own}, ${others}`.matchAll(/([\w:.-]+)`? ([\d,]*\d(?:\.\d+)?)/g)];
      // Each comma with a space behind it is between two contestants.
      expect(named).toHaveLength(others.split(", ").length + 1);
      for (const [, name, number] of named) {
        const found = measured(source[1], name!.toLowerCase(), source[2]);
        expect(Number(number!.replaceAll(",", "")), `${name}`).toBe(rounded(found, number!));
      }
    });
  }

  it("are measured: hello by @mantou/serve/plain", () => {
    const number = /which leaves the global .* alone, hello costs ([\d.]+) µs/.exec(speed)?.[1] ?? "";
    const found = measured("hello", "mantou-plain", /^CPU µs each/);
    expect(Number(number)).toBe(rounded(found, number));
  });
});
