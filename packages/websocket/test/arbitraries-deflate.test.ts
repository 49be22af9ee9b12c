import { constants, deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeflateSymbol, writeBlocks } from "../src/arbitraries/deflate-blocks.ts";
import {
  type CompressedMessage,
  compressedMessage,
  compressedMessages,
  UNDECODABLE_KINDS,
  undecodable,
} from "../src/arbitraries/index.ts";
import { inflateNaively } from "./inflate-oracle.ts";

const SAMPLES = { numRuns: 200, seed: 7692 };
const WINDOWS = [8, 9, 10, 11, 12, 13, 14, 15];

/** The oracle's result of payloads in turn; final blocks end its context, as that of zlib. */
function inflateAll(list: readonly CompressedMessage[], takeover: boolean) {
  let history = Buffer.alloc(0);
  return list.map(({ payload }) => {
    const inflated = inflateNaively(payload, history);
    const forgets = !takeover || inflated.finalBlocks > 0;
    history = forgets ? Buffer.alloc(0) : Buffer.concat([history, inflated.message]).subarray(-32768);
    return inflated;
  });
}

describe("the oracle", () => {
  it("reads all that zlib writes", () => {
    const message = Buffer.from(Array.from({ length: 3000 }, (_, i) => ((i * i) % 251) ^ (i >> 5)));
    for (const level of [0, 1, 6, 9]) {
      for (let strategy = 0; strategy <= 4; strategy++) {
        for (const size of [1, 100, 3000]) {
          const part = message.subarray(0, size);
          const written = deflateRawSync(part, { level, strategy, finishFlush: constants.Z_SYNC_FLUSH });
          expect(inflateNaively(written.subarray(0, -4)).message.equals(part)).toBe(true);
        }
      }
    }
  });

  it("sees that a payload is cut short", () => {
    const payload = deflateRawSync("steamed bun", { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    for (let end = 0; end < payload.length; end++)
      expect(() => inflateNaively(payload.subarray(0, end))).toThrow();
  });
});

describe("writeBlocks", () => {
  const letters = [..."Hello"].map((letter) => letter.charCodeAt(0));

  it.each<[string, readonly DeflateSymbol[] | Uint8Array, boolean, string]>([
    ["one block with fixed codes (RFC 7692 §7.2.3.1)", letters, false, "f248cdc9c90700"],
    ["one that refers to a message before (§7.2.3.2)", [72, [4, 5]], false, "f200110000"],
    ["one that is not compressed (§7.2.3.3)", Uint8Array.from(letters), false, "000500faff48656c6c6f00"],
    ["a final one (§7.2.3.4)", letters, true, "f348cdc9c9070000"],
  ])("writes the RFC's example of %s", (_name, content, final, expected) => {
    expect(writeBlocks([{ final, content }]).toString("hex")).toBe(expected);
  });

  it("writes none as one octet (§7.2.3.6)", () => {
    expect(writeBlocks([]).toString("hex")).toBe("00");
  });

  it("writes every length and every distance", () => {
    const history = Buffer.from(Array.from({ length: 32768 }, (_, i) => (i * i * 7 + (i >> 8)) & 255));
    const symbols: DeflateSymbol[] = [];
    for (let length = 3; length <= 258; length++) symbols.push([length, 1 + ((length * 131) % 32768)]);
    for (let bit = 0; bit < 15; bit++) symbols.push([3, 2 ** bit], [3, 2 ** bit + 1], [3, 2 ** (bit + 1)]);
    const expected = [...history];
    for (const symbol of symbols) {
      const [length, distance] = symbol as readonly [number, number];
      for (let i = 0; i < length; i++) expected.push(expected[expected.length - distance]!);
    }
    const { message, farthest } = inflateNaively(writeBlocks([{ final: false, content: symbols }]), history);
    expect(message.equals(Buffer.from(expected.slice(history.length)))).toBe(true);
    expect(farthest).toBe(32768);
  });
});

describe("compressedMessages", () => {
  it.each([true, false])("decompress to their message, within their window; takeover: %s", (takeover) => {
    const reaches = new Set<number>();
    for (const windowBits of WINDOWS) {
      for (const list of fc.sample(compressedMessages({ windowBits, takeover }), {
        ...SAMPLES,
        numRuns: 40,
      })) {
        for (const [i, { message, farthest }] of inflateAll(list, takeover).entries()) {
          expect(message.equals(list[i]!.message)).toBe(true);
          expect(farthest).toBeLessThanOrEqual(2 ** windowBits);
          reaches.add(farthest);
        }
      }
    }
    for (const windowBits of WINDOWS) expect(reaches, `${windowBits} bits`).toContain(2 ** windowBits);
  });

  it("refer to the ones before only if they may", () => {
    const fails = (list: readonly CompressedMessage[]) =>
      list.some(({ payload, message }) => {
        try {
          return !inflateNaively(payload).message.equals(message);
        } catch {
          return true;
        }
      });
    const count = (takeover: boolean) =>
      fc.sample(compressedMessages({ windowBits: 12, takeover }), SAMPLES).filter(fails).length;
    expect(count(false)).toBe(0);
    expect(count(true)).toBeGreaterThan(50);
    for (const { payload, message } of fc.sample(compressedMessage(15), SAMPLES))
      expect(inflateNaively(payload).message.equals(message)).toBe(true);
  });

  it("have no final blocks if they may not", () => {
    const count = (finalBlocks: boolean) => {
      const all = fc
        .sample(compressedMessages({ windowBits: 15, takeover: false, finalBlocks }), SAMPLES)
        .flat();
      return all.filter(({ payload }) => inflateNaively(payload).finalBlocks > 0).length;
    };
    expect(count(false)).toBe(0);
    expect(count(true)).toBeGreaterThan(20);
  });

  it("are of all sorts", () => {
    const all = fc.sample(compressedMessages({ windowBits: 15, takeover: true }), SAMPLES).flat();
    const first = new Set(all.map(({ payload }) => payload[0]! & 7));
    // Final or not, and stored, fixed or dynamic.
    expect([...first].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(all.some(({ message, payload }) => message.length === 0 && payload.equals(Buffer.of(0)))).toBe(
      true,
    );
    expect(all.some(({ message }) => message.length > 20_000)).toBe(true);
    expect(all.some(({ payload }) => payload.includes(Buffer.of(0, 0, 255, 255)))).toBe(true);
  });
});

describe("undecodable", () => {
  it.each([true, false])("are no DEFLATE, behind messages that are; takeover: %s", (takeover) => {
    const seen = new Set<string>();
    for (const windowBits of [8, 12, 15]) {
      for (const { before, payload, kind } of fc.sample(undecodable({ windowBits, takeover }), SAMPLES)) {
        seen.add(kind);
        const received = inflateAll(before, takeover);
        expect(received.every(({ message }, i) => message.equals(before[i]!.message))).toBe(true);
        const history = takeover ? Buffer.concat(received.map(({ message }) => message)) : undefined;
        expect(() => inflateNaively(payload, history), kind).toThrow();
      }
    }
    expect(seen).toEqual(new Set(takeover ? UNDECODABLE_KINDS.slice(0, -1) : UNDECODABLE_KINDS));
  });
});
