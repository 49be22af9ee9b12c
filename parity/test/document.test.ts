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
