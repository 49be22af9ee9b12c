import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { differences } from "../src/differences/index.ts";
import { readPage, tableOn } from "../src/document.ts";

it("the page of differences has the table that is made of them", () => {
  expect(tableOn(readPage())).toBe(readPage());
});

it("each difference has its row on the page, and only one", () => {
  for (const { what } of differences) {
    expect(readPage().split(`\n| ${what} |`).length - 1, what).toBe(1);
  }
});

it("a page without a place for the table is an error", () => {
  expect(() => tableOn("# Differences")).toThrow("has no place for the table");
});

it.each(["bun-parity.md", "differences-from-bun.md"])("each link of %s leads to a file", (name) => {
  const page = new URL(`../../docs/${name}`, import.meta.url);
  const links = [...readFileSync(page, "utf8").matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([]);
});

it("each area of scenarios stands in the table of features", () => {
  const text = readFileSync(new URL("../../docs/bun-parity.md", import.meta.url), "utf8");
  const files = readdirSync(new URL("../src/scenarios/", import.meta.url)).filter(
    (name) => name !== "index.ts",
  );
  expect(files.filter((name) => !text.includes(`(../parity/src/scenarios/${name})`))).toEqual([]);
});
