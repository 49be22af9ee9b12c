import { describe, expect, it } from "vitest";
import { chooseFileLimit } from "../../src/idle/file-limit.ts";

const never = (): boolean => {
  throw new Error("nothing has to be raised");
};

describe("chooseFileLimit", () => {
  it("asks for nothing where the limit is high enough", () => {
    const enough = { prefix: [], connections: 10_000, note: "" };
    expect(chooseFileLimit(10_000, 10_200, never)).toEqual(enough);
    expect(chooseFileLimit(10_000, Number.POSITIVE_INFINITY, never)).toEqual(enough);
  });

  it("raises the limit where that is allowed", () => {
    const asked: number[] = [];
    const allowed = (files: number): boolean => asked.push(files) === 1;
    expect(chooseFileLimit(10_000, 4_096, allowed)).toEqual({
      prefix: ["prlimit", "--nofile=10200"],
      connections: 10_000,
      note: "",
    });
    expect(asked).toEqual([10_200]);
  });

  it("takes fewer connections where it is not, and says so", () => {
    const { prefix, connections, note } = chooseFileLimit(10_000, 4_096, () => false);
    expect([prefix, connections]).toEqual([[], 3_896]);
    expect(note).toBe("3896 connections, not 10000: a process may open 4096 files here (ulimit -n)");
  });
});
