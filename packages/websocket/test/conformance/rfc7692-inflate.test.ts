/** Both ways of driving zlib, and the naive inflate, on the same payloads: whole, wrong, and damaged at random. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compressedMessage, compressedMessages, undecodable } from "../../src/arbitraries/index.ts";
import { DirectStream } from "../../src/zlib-direct.ts";
import { OneShotStream } from "../../src/zlib-one-shot.ts";
import type { ZlibFailure, ZlibSettings, ZlibStream } from "../../src/zlib-stream.ts";
import { inflateNaively } from "../inflate-oracle.ts";
import { runs } from "../support.ts";

const NO_LIMIT = Number.POSITIVE_INFINITY;
const limits = fc.record({ windowBits: fc.integer({ min: 8, max: 15 }), takeover: fc.boolean() });

const streams: ReadonlyArray<readonly [name: string, open: (settings: ZlibSettings) => ZlibStream]> = [
  ["on Node's internals", (settings) => new DirectStream(settings)],
  ["on documented API", (settings) => new OneShotStream(settings)],
];

type Way = (stream: ZlibStream, payload: Uint8Array) => Promise<Buffer | ZlibFailure>;
const copy = (output: Buffer | ZlibFailure) => (typeof output === "string" ? output : Buffer.from(output));
const ways: ReadonlyArray<readonly [name: string, way: Way]> = [
  ["at once", async (stream, payload) => copy(stream.run(payload, NO_LIMIT))],
  [
    "in the pool",
    (stream, payload) =>
      new Promise((resolve) => stream.runInPool(payload, NO_LIMIT, (output) => resolve(copy(output)))),
  ],
];

const inflate = (windowBits: number, takeover: boolean): ZlibSettings => ({
  kind: "inflate",
  windowBits: takeover ? windowBits : 15,
  memLevel: 0,
  level: 0,
  takeover,
});

/** In hex, or why not. */
function judge(payload: Uint8Array): string {
  try {
    return inflateNaively(payload).message.toString("hex");
  } catch {
    return withoutOctet(payload) ?? "UNDECODABLE";
  }
}

/** A message that ends with a final block, but has left out the 00 of RFC 7692 §7.2.3.4 behind it: it has only one meaning. */
function withoutOctet(payload: Uint8Array): string | null {
  try {
    const { message, lastFinalEnd } = inflateNaively(Buffer.concat([payload, Buffer.of(0)]));
    return lastFinalEnd === payload.length ? message.toString("hex") : null;
  } catch {
    return null;
  }
}

describe.each(streams)("inflate %s", (_name, open) => {
  it.each(ways)("%s: inflates all valid payloads", async (_way, run) => {
    const exchange = limits.chain((agreed) => fc.tuple(fc.constant(agreed), compressedMessages(agreed)));
    await fc.assert(
      fc.asyncProperty(exchange, async ([{ windowBits, takeover }, list]) => {
        const settings = inflate(windowBits, takeover);
        const one = open(settings);
        for (const { message, payload } of list) {
          // Without takeover each message may have a stream of its own, and big ones do.
          const stream = takeover ? one : open(settings);
          const output = await run(stream, payload);
          expect(typeof output !== "string" && output.equals(message)).toBe(true);
          if (!takeover) stream.close();
        }
        one.close();
      }),
      runs(60),
    );
  });

  it.each(ways)("%s: refuses invalid payloads", async (_way, run) => {
    const wrong = limits.chain((agreed) => fc.tuple(fc.constant(agreed), undecodable(agreed)));
    await fc.assert(
      fc.asyncProperty(wrong, async ([{ windowBits, takeover }, { before, payload }]) => {
        const stream = open(inflate(windowBits, takeover));
        for (const one of before) expect(stream.run(one.payload, NO_LIMIT)).toBeInstanceOf(Buffer);
        expect(await run(stream, payload)).toBe("UNDECODABLE");
        stream.close();
      }),
      runs(60),
    );
  });

  it.each(ways)("%s: judges damaged payloads as the naive inflate does", async (_way, run) => {
    const damaged = fc
      .tuple(compressedMessage(15), fc.nat(), fc.nat(), fc.boolean())
      .map(([{ payload }, place, value, cutShort]) => {
        const at = place % payload.length;
        if (cutShort) return payload.subarray(0, at);
        const copied = Buffer.from(payload);
        copied[at] = value;
        return copied;
      })
      .filter((payload) => payload.length > 0 && payload.length < 2000);
    let [judged, missed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(damaged, async (payload) => {
        const stream = open(inflate(15, false));
        const output = await run(stream, payload);
        const expected = judge(payload);
        judged++;
        // A payload that is cut short may continue in the bytes that are put back behind it.
        if (expected === "UNDECODABLE" && output !== "UNDECODABLE") missed++;
        else expect(typeof output === "string" ? output : output.toString("hex")).toBe(expected);
        stream.close();
      }),
      runs(300),
    );
    expect(missed / judged).toBeLessThan(0.01);
  });

  it.each(
    ways,
  )("%s: takes an empty block that is final for the one that ends each message", async (_way, run) => {
    // The output of deflate with level 0 for an empty input when it ends its stream, less its last four bytes.
    for (const takeover of [true, false]) {
      const stream = open(inflate(15, takeover));
      expect(await run(stream, Uint8Array.of(1))).toEqual(Buffer.alloc(0));
      stream.close();
    }
    const stream = open(inflate(15, true));
    for (const payload of ["f248cdc9c90704", "f248cdc9c90700"])
      expect(String(await run(stream, Buffer.from(payload, "hex")))).toBe("Hello");
    stream.close();
  });

  it.each(
    ways,
  )("%s: sees nearly always that a message is cut short, also where the context is kept", async (_way, run) => {
    // In a block with codes of its own, cut within their list, it is seen only in the next message.
    let [cuts, missed] = [0, 0];
    // A share of few messages says little: the number is the same everywhere.
    for (const { payload } of fc.sample(compressedMessage(15), { numRuns: 100, seed: 3 })) {
      for (let end = 1; end < Math.min(payload.length, 300); end += 1 + (end >> 3)) {
        const part = payload.subarray(0, end);
        if (judge(part) !== "UNDECODABLE") continue;
        const stream = open(inflate(15, true));
        cuts++;
        if ((await run(stream, part)) !== "UNDECODABLE") missed++;
        stream.close();
      }
    }
    expect(missed / cuts).toBeLessThan(0.3);
  });
});
