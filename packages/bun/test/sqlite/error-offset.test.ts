import { describe, expect, it } from "vitest";
import { Database } from "../../dist/sqlite/index.js";
import { errorOffset } from "../../src/sqlite/error-offset.ts";

/** Texts that are compiled to find the offset, which is checked against SQLite's own. */
function compiles(sql: string): { offset: number; count: number } {
  const database = new Database();
  const messageOf = (text: string): string => {
    try {
      database.prepare(text).finalize();
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  let count = 0;
  const offset = errorOffset(messageOf(sql), sql, (text) => {
    count++;
    return messageOf(text);
  });
  database.close();
  return { offset, count };
}

describe("the offset of an error in a long text", () => {
  it("of syntax is found in few steps", () => {
    const rows = `VALUES ${"(1),".repeat(200)}(1) `;
    const { offset, count } = compiles(`${rows}(2),${"(3),".repeat(200)}(4)`);
    expect(offset).toBe(rows.length);
    expect(count).toBeLessThan(30);
  });

  it("of a name that stands there often is looked for in a part of its places", () => {
    expect(compiles(`SELECT ${"unknown,".repeat(300)}unknown`).count).toBeLessThan(200);
  });
});
