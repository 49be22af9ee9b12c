import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Numbers about speed in the README at the root are those of the first run in docs/benchmarks.md that has them, rounded. */

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const readme = read("README.md");
const runs = read("docs/benchmarks.md").split(/^## /m).slice(1);

/** Where the numbers of a line of the README's table come from: by its first words, the scenario and the column's heading. */
const sources: Readonly<Record<string, readonly [scenario: string, column: RegExp]>> = {
  "hello, requests/s": ["hello", /\/s$/],
  "hello, p99": ["hello", /^p99 ms$/],
  "hello, peak memory": ["hello", /^peak MB$/],
  "hello, 16 pipelined, requests/s": ["pipelined", /\/s$/],
  "hello over TLS, requests/s": ["hello-tls", /\/s$/],
  "hello over TLS, p99": ["hello-tls", /^p99 ms$/],
  "1 KiB of JSON in and out, requests/s": ["json", /\/s$/],
  "a response of 100 chunks, a second": ["stream-100", /\/s$/],
  "an upload of 1 MiB, a second": ["upload-1m", /\/s$/],
  "a file of 1 MiB, CPU time": ["file-1m", /^CPU µs each/],
  "WebSocket echo, messages/s": ["ws-echo", /\/s$/],
  "echo, 16 in flight, messages/s": ["ws-echo-16", /\/s$/],
  "chat of 16 clients, messages/s": ["chat-16", /\/s$/],
  "chat of 100 clients, messages/s": ["chat-100", /\/s$/],
  "chat of 16 clients, compressed, messages/s": ["chat-16-deflate", /\/s$/],
  "from the start of a program to its first response": ["Node.js 26.12.1, start", /^warm, ms$/],
};

/** The names that the page has for the contestants of the README's columns: the last column has what is there of two. */
const columns = [["mantou"], ["bun"], ["node:http", "ws"]] as const;

const cells = (line: string): string[] => {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
};

/** What the page has for a contestant, by the heading of the column: the number itself, without its spread. */
function measured(scenario: string, contestants: readonly string[], column: RegExp): number {
  for (const run of runs) {
    const table = (run.split(`### ${scenario}\n`)[1] ?? "").split("### ")[0]!.split("\n");
    const lines = table.filter((line) => line.startsWith("|")).map(cells);
    const at = lines[0]?.findIndex((heading) => column.test(heading)) ?? -1;
    const line = lines.find(([name = ""]) => contestants.includes(name));
    const number = Number(line?.[at]?.split(" ")[0]?.replaceAll(",", ""));
    if (!Number.isNaN(number)) return number;
  }
  throw new Error(`docs/benchmarks.md has no ${column} of ${contestants} in ${scenario}`);
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
    const [label = "", ...numbers] = cells(line);
    it(`are measured: ${label}`, () => {
      const source = sources[label];
      if (source === undefined) throw new Error("say in this file where the numbers of that line come from");
      expect(numbers).toHaveLength(columns.length);
      for (const [index, cell] of numbers.entries()) {
        // What was not measured.
        if (cell === "–") continue;
        const [, number = "", unit] = /^\**([\d,.]+)(?: (ms|MB))?\**$/.exec(cell) ?? [];
        const found = measured(source[0], columns[index]!, source[1]);
        const inUnit = unit === "ms" && source[1].test("CPU µs each") ? found / 1000 : found;
        expect(Number(number.replaceAll(",", "")), cell).toBe(rounded(inUnit, number));
      }
    });
  }

  it("are measured: hello by @mantou/serve/plain", () => {
    const number = /which leaves the global .* alone, hello costs ([\d.]+) µs/.exec(speed)?.[1] ?? "";
    const found = measured("hello", ["mantou-plain"], /^CPU µs each/);
    expect(Number(number)).toBe(rounded(found, number));
  });
});
