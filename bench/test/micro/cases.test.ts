import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { cases, findCase } from "../../src/micro/cases.ts";

describe("cases", () => {
  it("have a name each, and a reader can tell them apart", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(() => findCase("tinny")).toThrow('there is no case "tinny"; there are: tiny,');
  });

  it("expect the fields that their bytes have", () => {
    for (const { name, pieces, expected } of cases) {
      const text = Buffer.concat(pieces).toString("latin1");
      const heads = text.split("\r\n\r\n").filter((part) => /HTTP\/1\.1/.test(part));
      expect(heads.length, name).toBe(expected.messages);
      const fields = heads.reduce((sum, head) => sum + head.split("\r\n").length - 1, 0);
      expect(fields, name).toBe(expected.fields);
    }
  });

  it("are of the sizes that they say", () => {
    const { pieces } = findCase("browser");
    expect(pieces).toHaveLength(1);
    expect(pieces[0]!.length).toBeGreaterThan(650);
    expect(pieces[0]!.length).toBeLessThan(850);
    expect(findCase("trickled").pieces.every(({ length }) => length === 1)).toBe(true);
    for (const name of ["chunked-16k", "chunked-1k"]) {
      const chunked = findCase(name);
      expect(Math.max(...chunked.pieces.map(({ length }) => length))).toBe(64 * 1024);
      expect(Buffer.concat(chunked.pieces).filter((byte) => byte === 0x78)).toHaveLength(2 ** 20);
    }
  });
});
