import { describe, expect, it } from "vitest";
import { allocationTable, readAllocated } from "../src/allocation.ts";
import { page } from "../src/markdown.ts";
import { scenarioTable } from "../src/report.ts";
import { contestant, results, scenario } from "./sample-results.ts";

describe("readAllocated", () => {
  it("reads the reply and nothing else", () => {
    expect(readAllocated('{"allocated":123456789}')).toBe(123_456_789);
    expect(readAllocated('{"allocated":null}')).toBeUndefined();
    expect(() => readAllocated('{"port":1}')).toThrow("instead of what it has allocated");
  });
});

describe("the table of allocations", () => {
  const counted = scenario(
    contestant("bun", [1000]),
    { ...contestant("mantou", [500]), allocated: 1234.5 },
    { ...contestant("raw", [2000], { kind: "limit" }), allocated: 12.3 },
  );

  it("has those whose runtime counts", () => {
    expect(allocationTable(counted)).toEqual([
      ["allocated on V8's heap", "bytes each"],
      ["mantou", "1,235"],
      ["raw (limit)", "12"],
    ]);
    expect(allocationTable(scenario(contestant("bun", [1000])))).toEqual([]);
  });

  it("stands under the others, on the terminal and in the page", () => {
    expect(scenarioTable(counted)).toMatch(/\n {2}allocated on V8's heap +bytes each\n/);
    expect(page([results(counted)])).toContain("\n\n| allocated on V8's heap | bytes each |");
  });
});
