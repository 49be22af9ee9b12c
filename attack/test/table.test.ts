import { expect, it } from "vitest";
import { formatTable } from "../src/table.ts";

it("puts bounds and what was measured beside each other, and marks and explains what is exceeded", () => {
  const table = formatTable([
    { attack: "one", what: "memory", unit: "MB", bound: 20, measured: 3.25 },
    { attack: "two", what: "left behind", unit: "", bound: 0, measured: 2, note: "two sockets" },
  ]);
  expect(table.split("\n")).toEqual([
    "attack  what         bound  measured",
    "one     memory       20 MB    3.3 MB",
    "two     left behind      0         2  EXCEEDED",
    "",
    "two: left behind:",
    "two sockets",
  ]);
});
