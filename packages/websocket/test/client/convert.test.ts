import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { clampToUnsignedShort, sizeOf, toScalarString, toSendable } from "../../src/client/convert.ts";

describe("clampToUnsignedShort", () => {
  it.each([
    [0, 0],
    [1000, 1000],
    [-5, 0],
    [65_535.9, 65_535],
    [1e9, 65_535],
    [Number.POSITIVE_INFINITY, 65_535],
    [Number.NaN, 0],
    [null, 0],
    ["3000", 3000],
    ["x", 0],
    [999.5, 1000],
    [1000.5, 1000],
    [1000.51, 1001],
    [true, 1],
    [{ valueOf: () => 7 }, 7],
  ])("makes of %j %d", (value, expected) => {
    expect(clampToUnsignedShort(value)).toBe(expected);
  });

  it.each([1n, Symbol("1")])("throws a TypeError for %s", (value) => {
    expect(() => clampToUnsignedShort(value)).toThrow(TypeError);
  });
});

describe("toScalarString", () => {
  it("replaces lone surrogates, and leaves pairs", () => {
    expect(toScalarString("a\ud800b\udc00c😀")).toBe("a\ufffdb\ufffdc😀");
    expect(toScalarString(new URL("ws://h/"))).toBe("ws://h/");
    expect(() => toScalarString(Symbol("x"))).toThrow(TypeError);
  });
});

describe("toSendable", () => {
  it("leaves strings and Blobs, and shows bytes where they lie", () => {
    const blob = new Blob(["x"]);
    const { buffer } = Uint8Array.of(1, 2, 3, 4);
    expect(toSendable("é")).toBe("é");
    expect(toSendable(blob)).toBe(blob);
    expect(toSendable(buffer)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(toSendable(new Uint8Array(buffer, 1, 2))).toEqual(Uint8Array.of(2, 3));
    expect(toSendable(new DataView(buffer, 3))).toEqual(Uint8Array.of(4));
    expect(toSendable(new Uint16Array(buffer))).toHaveLength(4);
    expect((toSendable(new Uint16Array(buffer)) as Uint8Array).buffer).toBe(buffer);
  });

  it("takes a SharedArrayBuffer for bytes, and buffers of other realms", () => {
    expect(toSendable(new SharedArrayBuffer(2))).toEqual(new Uint8Array(2));
    expect(toSendable(new Uint8Array(new SharedArrayBuffer(2), 1))).toEqual(new Uint8Array(1));
    expect(toSendable(runInNewContext("new ArrayBuffer(3)"))).toEqual(new Uint8Array(3));
    expect(toSendable(runInNewContext("new Uint8Array([1])"))).toEqual(Uint8Array.of(1));
  });

  it("makes text of everything else", () => {
    expect([null, undefined, 1.5, {}, ["a", "b"]].map(toSendable)).toEqual([
      "null",
      "undefined",
      "1.5",
      "[object Object]",
      "a,b",
    ]);
    expect(() => toSendable(Symbol("x"))).toThrow(TypeError);
  });
});

describe("sizeOf", () => {
  it("is in bytes", () => {
    expect(["", "é", "\ud800", Uint8Array.of(1), new Blob(["abc"])].map(sizeOf)).toEqual([0, 2, 3, 1, 3]);
  });
});
