import { isUtf8 } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INVALID_UTF8, split, text } from "../src/arbitraries/index.ts";
import { decodeUtf8, Utf8Validator } from "../src/utf8.ts";
import { hex, runs } from "./support.ts";

/** How many bytes were taken before the validator refused; Infinity if it never did. */
function refusedAfter(bytes: Uint8Array): number {
  const validator = new Utf8Validator();
  const at = [...bytes].findIndex((_, i) => !validator.push(bytes, i, i + 1));
  return at === -1 ? Number.POSITIVE_INFINITY : at + 1;
}

/** Around the length at which the native check takes over. */
const PADS = [0, 1, 40, 46, 47, 48, 49, 50, 51, 100];

describe("Utf8Validator (RFC 3629, RFC 6455 §8.1)", () => {
  it("accepts any text in any pieces, and knows whether it may end there", () => {
    const pieces = text().chain((value) => split(Buffer.from(value)));
    fc.assert(
      fc.property(pieces, (list) => {
        const validator = new Utf8Validator();
        let soFar = "";
        const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
        for (const piece of list) {
          if (!validator.push(piece, 0, piece.length)) throw new Error("refused");
          soFar += decoder.decode(piece, { stream: true });
        }
        expect(validator.complete).toBe(true);
        expect(Buffer.from(soFar)).toEqual(Buffer.concat(list));
      }),
      runs(1000),
    );
  });

  it.each(INVALID_UTF8)("refuses $name at the byte that makes it certain", ({
    hex: digits,
    certainAfter,
  }) => {
    expect(refusedAfter(hex(digits))).toBe(certainAfter);
  });

  it.each(INVALID_UTF8)("refuses $name at the beginning, in the middle and at the end of a long piece", ({
    hex: digits,
  }) => {
    for (const before of PADS) {
      for (const behind of PADS) {
        const bytes = Buffer.concat([Buffer.alloc(before, "a"), hex(digits), Buffer.alloc(behind, "a")]);
        expect(new Utf8Validator().push(bytes, 0, bytes.length), `${before} before, ${behind} behind`).toBe(
          false,
        );
      }
    }
  });

  it.each(["é", "€", "😀"])("keeps a cut %s open over the end of a long piece", (character) => {
    const encoded = Buffer.from(character);
    for (const before of PADS) {
      for (let at = 1; at < encoded.length; at++) {
        const bytes = Buffer.concat([Buffer.alloc(before, "a"), encoded, Buffer.alloc(60, "b")]);
        const validator = new Utf8Validator();
        expect(validator.push(bytes, 0, before + at)).toBe(true);
        expect(validator.complete).toBe(false);
        expect(validator.pushAscii(0)).toBe(true);
        expect(validator.pushAscii(1)).toBe(false);
        expect(validator.push(bytes, before + at, bytes.length)).toBe(true);
        expect(validator.complete).toBe(true);
        expect(validator.pushAscii(1)).toBe(true);
      }
    }
  });

  it("agrees with the platform on all beginnings of two bytes", () => {
    const ours = (bytes: Uint8Array) => {
      const validator = new Utf8Validator();
      return validator.push(bytes, 0, bytes.length) && validator.complete;
    };
    const differing: string[] = [];
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        for (const rest of [[], [0x80], [0xbf], [0x80, 0x80], [0xbf, 0xbf], [0x41]]) {
          const bytes = Uint8Array.of(first, second, ...rest);
          if (isUtf8(bytes) !== ours(bytes)) differing.push(Buffer.from(bytes).toString("hex"));
        }
      }
    }
    expect(differing).toEqual([]);
  });
});

describe("decodeUtf8", () => {
  it("decodes a range, and keeps a byte order mark", () => {
    expect(decodeUtf8(hex("ff efbbbf e282ac ff"), 1, 7)).toBe("\ufeff€");
  });

  it("gives null for invalid UTF-8", () => {
    expect(decodeUtf8(hex("e282ac"), 0, 2)).toBeNull();
  });
});
