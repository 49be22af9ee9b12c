import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { benchFile, fileSizes } from "../../src/servers/files.ts";

describe("benchFile", () => {
  it("makes a file of that size once, and finds it again", () => {
    const path = benchFile(12_345);
    expect(benchFile(12_345)).toBe(path);
    expect(readFileSync(path).equals(Buffer.alloc(12_345))).toBe(true);
  });

  it("takes no place on the disk for a GiB", () => {
    const { size, blocks } = statSync(benchFile(fileSizes["/1g"]!));
    expect(size).toBe(2 ** 30);
    expect(blocks * 512).toBeLessThan(2 ** 20);
  });
});
