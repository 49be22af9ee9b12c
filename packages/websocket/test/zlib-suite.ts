import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_FINAL_BLOCKS } from "../src/limits.ts";
import type { ZlibFailure, ZlibSettings, ZlibStream } from "../src/zlib-stream.ts";
import { runs } from "./support.ts";

export const settings = { windowBits: 15, memLevel: 8, level: 6, takeover: true };
const NO_LIMIT = Number.POSITIVE_INFINITY;
/** Bytes that compress a little. They are made once: each suite has eight ways, and an array of so many numbers costs more than to deflate them. */
const NOISE = Buffer.alloc(200_000);
for (let i = 0; i < NOISE.length; i++) NOISE[i] = (i * i * 31 + (i >> 3)) & 255;
/** The payload of an endpoint that can only end its stream (RFC 7692 §7.2.3.4). */
const finalBlock = (message: Uint8Array): Buffer =>
  Buffer.concat([deflateRawSync(message), Buffer.from([0])]);

export const message: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.string({ minLength: 1, maxLength: 300 }).map((text) => Buffer.from(text)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 8000 }))
    .map(([bytes, times]) => Buffer.concat(Array<Uint8Array>(times).fill(bytes)).subarray(0, 200_000)),
);

type Way = (stream: ZlibStream, input: Uint8Array, maxBytes?: number) => Promise<Buffer | ZlibFailure>;
const ways: [name: string, way: Way][] = [
  ["at once", async (stream, input, maxBytes = NO_LIMIT) => copy(stream.run(input, maxBytes))],
  [
    "in the pool",
    (stream, input, maxBytes = NO_LIMIT) =>
      new Promise((resolve) => stream.runInPool(input, maxBytes, (output) => resolve(copy(output)))),
  ],
  ...[0, 100, 70_000].map((atOnce): [string, Way] => [
    `in the pool, behind ${atOnce} bytes at once`,
    async (stream, input, maxBytes = NO_LIMIT) => {
      const output = stream.begin(input, maxBytes, atOnce);
      if (output !== null) return copy(output);
      return new Promise((resolve) => stream.runInPool(input, maxBytes, (rest) => resolve(copy(rest))));
    },
  ]),
  ...[0, 70_000, 140_000].map((bytes): [string, Way] => [
    `in the pool, with a pause behind ${bytes} bytes`,
    (stream, input, maxBytes = NO_LIMIT) =>
      new Promise((resolve) => {
        const wait = (resume: () => void): void => void setTimeout(resume, 1);
        stream.runInPool(input, maxBytes, (output) => resolve(copy(output)), { bytes, wait });
      }),
  ]),
];

/** The next `run` overwrites the result of the last. */
export function copy(output: Buffer | ZlibFailure): Buffer | ZlibFailure {
  return typeof output === "string" ? output : Buffer.from(output);
}

/** `toEqual` looks at each byte of 200,000 as at a property. */
function isSame(output: Buffer | ZlibFailure, expected: Uint8Array): boolean {
  return typeof output !== "string" && output.equals(expected);
}

/** The tests of both kinds of stream. */
export function zlibStreamSuite(open: (settings: ZlibSettings) => ZlibStream): void {
  describe.each(ways)("%s", (_way, run) => {
    it("gives every message back, with the messages before as its context", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(message, { maxLength: 6 }),
          fc.integer({ min: 9, max: 15 }),
          async (messages, windowBits) => {
            const deflate = open({ kind: "deflate", ...settings, windowBits });
            const inflate = open({ kind: "inflate", ...settings, windowBits });
            for (const one of messages) {
              const payload = await run(deflate, one);
              expect(isSame(await run(inflate, payload as Buffer), one)).toBe(true);
            }
            deflate.close();
            inflate.close();
          },
        ),
        runs(60),
      );
    });

    it("makes a repeated message small by its context, until it is reset", async () => {
      const deflate = open({ kind: "deflate", ...settings });
      const text = Buffer.from("the dough has risen, the buns are steaming");
      const first = (await run(deflate, text)) as Buffer;
      const second = (await run(deflate, text)) as Buffer;
      expect(second.length).toBeLessThan(first.length / 2);
      deflate.reset();
      expect(await run(deflate, text)).toEqual(first);
      deflate.close();
      expect(await run(deflate, text)).toEqual(first);
      deflate.close();
    });

    it("leaves out the tail of the flush, which zlib accepts when it is put back", async () => {
      const deflate = open({ kind: "deflate", ...settings });
      for (const size of [1, 100, 65_536, 65_537, 200_000]) {
        const bytes = NOISE.subarray(0, size);
        deflate.reset();
        const payload = (await run(deflate, bytes)) as Buffer;
        const whole = Buffer.concat([payload, Buffer.from([0, 0, 255, 255])]);
        expect(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).equals(bytes)).toBe(true);
      }
      deflate.close();
    });

    it("output of a window of 9 bits reaches back no more than 8 bits can hold", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(message, { maxLength: 4 }), async (messages) => {
          const deflate = open({ kind: "deflate", ...settings, windowBits: 9, memLevel: 1 });
          const inflate = open({ kind: "inflate", ...settings, windowBits: 8 });
          for (const one of messages) {
            const payload = await run(deflate, one);
            expect(isSame(await run(inflate, payload as Buffer), one)).toBe(true);
          }
          deflate.close();
          inflate.close();
        }),
        runs(40),
      );
    });

    it("stops at the limit, and not before", async () => {
      for (const size of [1, 1000, 65_536, 70_000, 1_000_000]) {
        const payload = finalBlock(Buffer.alloc(size));
        const inflate = open({ kind: "inflate", ...settings });
        expect(isSame(await run(inflate, payload, size), Buffer.alloc(size))).toBe(true);
        expect(await run(inflate, payload, size - 1)).toBe("MESSAGE_TOO_BIG");
        inflate.close();
      }
    });

    it("takes final blocks, alone and among others, and forgets the context behind them", async () => {
      const inflate = open({ kind: "inflate", ...settings });
      const text = Buffer.from("steamed bun");
      const open1 = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
      const unmarked = open1.subarray(0, open1.length - 4);
      for (const payload of [
        finalBlock(text),
        deflateRawSync(text),
        Buffer.concat([finalBlock(text).subarray(0, -1), unmarked]),
        Buffer.concat([open1, finalBlock(text)]),
      ]) {
        const times = payload.length < 20 ? 1 : 2;
        expect(await run(inflate, payload)).toEqual(Buffer.from("steamed bun".repeat(times)));
      }
      // Its match reaches into the message before.
      const deflate = open({ kind: "deflate", ...settings });
      await run(deflate, text);
      expect(await run(inflate, (await run(deflate, text)) as Buffer)).toBe("UNDECODABLE");
      deflate.close();
    });

    it("takes some final blocks in one message, but not without end", async () => {
      const inflate = open({ kind: "inflate", ...settings });
      const empty = deflateRawSync("");
      const repeated = (times: number): Buffer =>
        Buffer.concat([...Array<Buffer>(times).fill(empty), Buffer.from([0])]);
      expect(await run(inflate, repeated(MAX_FINAL_BLOCKS))).toEqual(Buffer.alloc(0));
      expect(await run(inflate, repeated(MAX_FINAL_BLOCKS + 1))).toBe("UNDECODABLE");
      inflate.close();
    });

    it("without takeover, begins each message anew, and sees that one is cut short", async () => {
      const deflate = open({ kind: "deflate", ...settings, takeover: false });
      const inflate = open({ kind: "inflate", ...settings, takeover: false });
      const text = Buffer.from("the dough has risen, the buns are steaming");
      const payload = (await run(deflate, text)) as Buffer;
      expect(await run(deflate, text)).toEqual(payload);
      for (let i = 0; i < 2; i++) {
        for (let again = 0; again < 3; again++) expect(await run(inflate, payload)).toEqual(text);
        for (const end of [1, 10, payload.length - 1]) {
          expect(await run(inflate, payload.subarray(0, end))).toBe("UNDECODABLE");
        }
        expect(await run(inflate, finalBlock(text))).toEqual(text);
        expect(await run(inflate, finalBlock(text).subarray(0, -1))).toEqual(text);
      }
      const kept = open({ kind: "deflate", ...settings });
      await run(kept, text);
      expect(await run(inflate, (await run(kept, text)) as Buffer)).toBe("UNDECODABLE");
      for (const stream of [deflate, inflate, kept]) stream.close();
    });

    it.each([
      ["a block of the reserved type", "07"],
      ["a match that reaches before the beginning", "0301e0"],
      ["a stored block whose lengths differ", "000500ff0068656c6c6f"],
      ["garbage", "ffffffffffffffffff"],
    ])("refuses %s, and goes on afterwards", async (_what, hex) => {
      const inflate = open({ kind: "inflate", ...settings });
      expect(await run(inflate, Buffer.from(hex, "hex"))).toBe("UNDECODABLE");
      expect(await run(inflate, finalBlock(Buffer.from("ok")))).toEqual(Buffer.from("ok"));
      inflate.close();
    });

    it("reads the empty message of RFC 7692 §7.2.3.6", async () => {
      const inflate = open({ kind: "inflate", ...settings });
      expect(await run(inflate, Buffer.from([0]))).toEqual(Buffer.alloc(0));
      inflate.close();
    });
  });

  it("has one context for synchronous messages and those in the pool", async () => {
    const deflate = open({ kind: "deflate", ...settings });
    const inflate = open({ kind: "inflate", ...settings });
    for (let i = 0; i < 12; i++) {
      const text = Buffer.from(`the dough has risen ${i % 3} times`);
      const payload = (await ways[i % 2]![1](deflate, text)) as Buffer;
      if (i > 2) expect(payload.length).toBeLessThan(12);
      expect(await ways[(i >> 1) % 2]![1](inflate, payload)).toEqual(text);
    }
    deflate.close();
    inflate.close();
  });

  it("may be closed while it is in the pool: the callback comes, without a message", async () => {
    const deflate = open({ kind: "deflate", ...settings });
    const output = ways[1]![1](deflate, Buffer.alloc(500_000, "bun"));
    deflate.close();
    expect(await output).toBe("UNDECODABLE");
    expect(await ways[1]![1](deflate, Buffer.from("again"))).toBeInstanceOf(Buffer);
    deflate.close();
  });
}
