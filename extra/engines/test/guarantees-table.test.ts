import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const README = new URL("../README.md", import.meta.url);

/** The rows of the table behind a heading, as cells. */
function tableOf(page: URL, heading: string): string[][] {
  const [, section = ""] = readFileSync(page, "utf8").split(`\n## ${heading}\n`);
  const rows = section.split("\n## ")[0]!.match(/^\|.*\|$/gm) ?? [];
  return rows.slice(2).map((row) => row.slice(2, -2).split(" | "));
}

const shown = tableOf(README, "Each cell of the guarantees");

test("each row of the guarantees has its tests, in each column", () => {
  const promised = tableOf(new URL("../../docs/scaling.md", README), "Guarantees");
  expect(promised.length).toBeGreaterThan(10);
  expect(shown.map(([situation]) => situation)).toEqual(promised.map(([situation]) => situation));
  for (const row of shown) {
    expect(row.length).toBe(4);
    for (const cell of row.slice(1)) expect(cell).toMatch(/^(\[[\w.-]+\]\([^)]+\) "[^"]+"(; |$))+$/);
  }
});

test("each test that is named there exists", () => {
  const named = shown.flatMap((row) => [...row.join(" | ").matchAll(/\]\(([^)]+)\) "([^"]+)"/g)]);
  expect(named.length).toBeGreaterThan(33);
  for (const [, file, name] of named) {
    const text = readFileSync(new URL(file!, README), "utf8");
    expect(text.includes(`"${name}`), `${file}: ${name}`).toBe(true);
  }
});
