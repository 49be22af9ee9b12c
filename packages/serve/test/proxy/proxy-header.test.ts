import { Buffer } from "node:buffer";
import { byteByByte, cutAt, cuts } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { invalidProxyHeader, proxyHeader } from "../../src/arbitraries/index.ts";
import { type ProxiedSource, ProxyHeaderError } from "../../src/proxy/header.ts";
import { ProxyHeaderReader } from "../../src/proxy/header-reader.ts";
import { PROXY_HEADER_BYTES } from "../../src/proxy/limits.ts";
import { runs } from "../support/runs.ts";

/** What a reader makes of pieces, and the bytes behind the header; null if it waits for more. */
function read(pieces: readonly Uint8Array[]): { source: ProxiedSource; rest: Buffer } | null {
  const reader = new ProxyHeaderReader();
  for (const [i, piece] of pieces.entries()) {
    // The memory of a piece is used again after the call.
    const borrowed = Buffer.from(piece);
    const header = reader.receive(borrowed);
    if (header !== null) {
      const rest = Buffer.concat([header.rest, ...pieces.slice(i + 1)]);
      return { source: header.source, rest };
    }
    borrowed.fill(0xff);
  }
  return null;
}

const behind = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));

describe("a PROXY header", () => {
  it("is read with what it says, in any pieces, and what is behind it is left", () => {
    fc.assert(
      fc.property(proxyHeader, behind, cuts, fc.boolean(), ({ bytes, source }, rest, fractions, isSlow) => {
        const all = Buffer.concat([bytes, rest]);
        const pieces = isSlow ? byteByByte(all) : cutAt(all, fractions);
        expect(read(pieces)).toEqual({ source, rest });
      }),
      runs(2_000),
    );
  });

  it("is waited for as long as it is not whole", () => {
    fc.assert(
      fc.property(proxyHeader, cuts, fc.nat(9_999), ({ bytes }, fractions, fraction) => {
        const part = bytes.subarray(0, Math.floor((fraction * bytes.length) / 10_000));
        expect(read(cutAt(part, fractions))).toBeNull();
      }),
      runs(1_000),
    );
  });

  it("with a defect is refused, in any pieces", () => {
    fc.assert(
      fc.property(invalidProxyHeader, behind, cuts, ({ bytes, defect }, rest, fractions) => {
        expect(() => read(cutAt(Buffer.concat([bytes, rest]), fractions)), defect).toThrow(ProxyHeaderError);
      }),
      runs(2_000),
    );
  });

  it("that arbitrary bytes make is never more than those bytes say", () => {
    const start = fc.constantFrom(
      "",
      "PROXY ",
      "PROXY TCP4 ",
      "PROXY UNKNOWN",
      "\r\n\r\n\0\r\nQUIT\n",
      "\r\n\r\n\0\r\nQUIT\n!\x11",
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), cuts, (text, bytes, fractions) => {
        const all = Buffer.concat([Buffer.from(text, "latin1"), bytes]);
        let whole: unknown;
        let cut: unknown;
        try {
          whole = read([all]);
        } catch (error) {
          whole = error instanceof ProxyHeaderError;
        }
        try {
          cut = read(cutAt(all, fractions));
        } catch (error) {
          cut = error instanceof ProxyHeaderError;
        }
        expect(cut).toEqual(whole);
      }),
      runs(2_000),
    );
  });

  it("is refused as soon as its first bytes show that it is none", () => {
    for (const text of ["G", "PROXX", "PROXYS", "\r\n\r\r", "\x16\x03"])
      expect(() => read([Buffer.from(text, "latin1")]), text).toThrow(ProxyHeaderError);
    for (const text of ["P", "PROXY", "\r", "\r\n\r\n\0\r\nQUIT"])
      expect(read([Buffer.from(text, "latin1")]), text).toBeNull();
  });

  it("of version 2 has up to 16 KiB", () => {
    const header = (size: number): Buffer => {
      const bytes = Buffer.alloc(size);
      bytes.write("\r\n\r\n\0\r\nQUIT\n\x20\x00", "latin1");
      bytes.writeUInt16BE(size - 16, 14);
      return bytes;
    };
    expect(read(byteByByte(header(PROXY_HEADER_BYTES)))).toEqual({ source: "own", rest: Buffer.alloc(0) });
    const tooLong = header(PROXY_HEADER_BYTES + 1);
    expect(() => read([tooLong.subarray(0, 16)])).toThrow(ProxyHeaderError);
  });
});

it("no valid header has a checksum, which a receiver may find wrong", () => {
  const lengths: Readonly<Record<number, number>> = { 17: 12, 18: 12, 33: 36, 49: 216 };
  const types = new Set<number>();
  for (const { version, bytes } of fc.sample(proxyHeader, { numRuns: 3_000, seed: 1 })) {
    const addresses = lengths[bytes[13]!];
    if (version === 1 || bytes[12] !== 0x21 || addresses === undefined) continue;
    for (let at = 16 + addresses; at < bytes.length; at += 3 + bytes.readUInt16BE(at + 1))
      types.add(bytes[at]!);
  }
  expect(types.size).toBeGreaterThan(200);
  expect(types.has(3)).toBe(false);
});
