import { createDeflateRaw, createInflateRaw } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Compressor, compressorSettings, decompressorSettings } from "../src/compressor.ts";

const SIZES = ["3KB", "4KB", "8KB", "16KB", "32KB", "64KB", "128KB", "256KB"] as const;

describe("compressorSettings", () => {
  it.each(SIZES)("%s is the memory by zlib's own account", (name) => {
    const { takeover, windowBits, memLevel } = compressorSettings(name)!;
    expect(takeover).toBe(true);
    expect(2 ** (windowBits + 2) + 2 ** (memLevel + 9)).toBe(Number.parseInt(name, 10) * 1024);
  });

  it.each(["shared", "dedicated", ...SIZES] as const)("%s gives valid settings of zlib", (name) => {
    const { windowBits, memLevel } = compressorSettings(name)!;
    expect(windowBits).toBeGreaterThanOrEqual(9);
    createDeflateRaw({ windowBits, memLevel }).close();
    createInflateRaw({ windowBits: decompressorSettings(name)!.windowBits }).close();
  });

  it("keeps no context if shared, and as much as there is if dedicated", () => {
    expect(compressorSettings("shared")).toEqual({ takeover: false, windowBits: 15, memLevel: 8 });
    expect(compressorSettings("dedicated")).toEqual(compressorSettings("256KB"));
    expect(compressorSettings("disable")).toBeNull();
  });

  it.each([
    "",
    "9KB",
    "16kb",
    "shared ",
    "constructor",
    "__proto__",
    1,
    null,
    undefined,
    {},
    [],
  ])("refuses %j", (name) => {
    for (const settings of [compressorSettings, decompressorSettings]) {
      const error =
        /is not a compressor; the compressors are "disable", "shared", "dedicated", "3KB", .*, "256KB"$/;
      expect(() => settings(name as Compressor)).toThrow(TypeError);
      expect(() => settings(name as Compressor)).toThrow(error);
    }
  });
});

describe("decompressorSettings", () => {
  it.each(SIZES.slice(1))("%s is the window, at most 32 KiB", (name) => {
    const { takeover, windowBits } = decompressorSettings(name)!;
    expect(takeover).toBe(true);
    expect(2 ** windowBits).toBe(Math.min(32, Number.parseInt(name, 10)) * 1024);
  });

  it("3KB is the power of two below", () => {
    expect(decompressorSettings("3KB")).toEqual({ takeover: true, windowBits: 11 });
  });

  it("keeps no context if shared, and as much as there is if dedicated", () => {
    expect(decompressorSettings("shared")).toEqual({ takeover: false, windowBits: 15 });
    expect(decompressorSettings("dedicated")).toEqual({ takeover: true, windowBits: 15 });
    expect(decompressorSettings("disable")).toBeNull();
  });
});
