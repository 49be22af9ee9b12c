import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CryptoHasher } from "../../src/global/crypto/crypto-hasher.ts";
import { MD5, SHA512_256, sha } from "../../src/global/crypto/hash-classes.ts";

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

  it.each([
    "sha256",
    "sha512",
    "sha3-384",
  ])("makes HMACs with %s, which can be copied and are used up by digest", (name) => {
    for (const key of ["key", new Uint8Array(300).fill(7), ""]) {
      const due = createHmac(name, key).update("data").digest("hex");
      const hasher = new CryptoHasher(name, key).update("da");
      const copy = hasher.copy();
      expect([hasher.update("ta").digest("hex"), copy.update("ta").digest("hex")]).toEqual([due, due]);
      expect(() => hasher.digest()).toThrow("HMAC has been consumed");
    }
  });

  it("refuses what it does not know", () => {
    expect(() => new CryptoHasher("sm3")).toThrow("Unsupported algorithm sm3");
    expect(() => new CryptoHasher("shake128", "key")).toThrow("HMAC is not supported");
    expect(() => new CryptoHasher("md5").digest("nope" as "hex")).toThrow("Unknown encoding: nope");
    expect(() => new CryptoHasher("md5").digest(new Uint8Array(15))).toThrow("at least 16 bytes");
    expect(() => new CryptoHasher("md5").update(new Blob([]) as unknown as string)).toThrow(TypeError);
    expect(() => new CryptoHasher("sha256").update(5 as unknown as string)).toThrow(TypeError);
  });

  it("has MD4 (RFC 1320 A.5) and BLAKE2b-256, which Node.js lacks", () => {
    const md4 = (text: string): string => CryptoHasher.hash("md4", text, "hex");
    expect(md4("")).toBe("31d6cfe0d16ae931b73c59d7e0c089c0");
    expect(md4("message digest")).toBe("d9130a8164549fe818874806e1c7014b");
    expect(md4("1234567890".repeat(8))).toBe("e33b4ddc9c38f2199c3e7b164fcc0536");
    const hasher = new CryptoHasher("md4").update("12345678901234567890");
    expect(hasher.copy().update("1234567890".repeat(6)).digest("hex")).toBe(md4("1234567890".repeat(8)));
    const blake = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
    expect(CryptoHasher.hash("blake2b256", "abc", "hex")).toBe(blake);
  });

  it("writes into a place, and leaves the bytes behind it", () => {
    const place = new Uint8Array(20).fill(9);
    expect(new CryptoHasher("md5").update("a").digest(place)).toBe(place);
    expect(Buffer.from(place).toString("hex")).toBe(`${hex("md5", "a")}09090909`);
    const buffer = new ArrayBuffer(16);
    expect(CryptoHasher.hash("md5", "a", buffer)).toBe(buffer);
  });
});

describe("the classes of one algorithm", () => {
  it("hash whole input and pieces, once", () => {
    expect([MD5.hash("a", "hex"), MD5.byteLength, MD5.name]).toEqual([hex("md5", "a"), 16, "MD5"]);
    expect([SHA512_256.hash("a"), sha("a")]).toEqual([sha("a"), new Uint8Array(SHA512_256.hash("a"))]);
    const hasher = new MD5().update("a");
    expect(hasher.digest().constructor).toBe(Uint8Array);
    expect(() => hasher.update("b")).toThrow(expect.objectContaining({ code: "ERR_INVALID_STATE" }));
    expect(String(hasher)).toBe("[object MD5]");
  });
});
