import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CryptoHasher } from "../../src/global/crypto-hasher.ts";

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

describe("CryptoHasher", () => {
  it.each([
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "sha512-256",
    "sha3-256",
    "blake2b512",
  ])("hashes with %s", (name) => {
    const hasher = new CryptoHasher(name);
    expect(
      hasher
        .update("a")
        .update(new Uint8Array([98]))
        .digest("hex"),
    ).toBe(hex(name, "ab"));
    expect(CryptoHasher.hash(name, "ab", "hex")).toBe(hex(name, "ab"));
    expect(CryptoHasher.hash(name, "ab").toString("hex")).toBe(hex(name, "ab"));
    expect(hasher.byteLength).toBe(hex(name, "ab").length / 2);
    expect(CryptoHasher.algorithms).toContain(name);
  });

  it("takes every kind of bytes, and text in an encoding", () => {
    const { buffer } = new Uint8Array([97, 98]);
    const shared = new SharedArrayBuffer(2);
    new Uint8Array(shared).set([97, 98]);
    for (const input of [buffer, shared, new DataView(buffer), new Uint16Array(buffer)])
      expect(CryptoHasher.hash("md5", input, "hex")).toBe(hex("md5", "ab"));
    expect(new CryptoHasher("md5").update("6162", "hex").digest("hex")).toBe(hex("md5", "ab"));
    expect(new CryptoHasher("md5").update("é").digest("hex")).toBe(hex("md5", "é"));
  });

  it("begins anew when it has been asked, and copies what it has so far", () => {
    const hasher = new CryptoHasher("SHA256").update("a");
    expect(hasher.algorithm).toBe("sha256");
    const copy = hasher.copy().update("b");
    expect(hasher.digest("hex")).toBe(hex("sha256", "a"));
    expect(hasher.update("c").digest("hex")).toBe(hex("sha256", "c"));
    expect(copy.digest("hex")).toBe(hex("sha256", "ab"));
  });

  it("makes HMACs, which it cannot copy", () => {
    const hasher = new CryptoHasher("sha256", "key").update("data");
    expect(() => hasher.copy()).toThrow(TypeError);
    const expected = createHmac("sha256", "key").update("data").digest("hex");
    expect([hasher.digest("hex"), hasher.update("data").digest("hex")]).toEqual([expected, expected]);
  });

  it("refuses what it does not know", () => {
    expect(() => new CryptoHasher("md4")).toThrow(/md4/);
    expect(() => new CryptoHasher("sha256").update(5 as unknown as string)).toThrow(TypeError);
  });
});
