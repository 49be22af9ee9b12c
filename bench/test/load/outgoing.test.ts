import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { frameLength, readFrame } from "../../src/load/frames.ts";
import { Outgoing, scenarioMessage } from "../../src/load/outgoing.ts";

describe("Outgoing", () => {
  it("gives masked frames of one length, each with a key of its own", () => {
    const message = scenarioMessage("binary", 300, false);
    const outgoing = new Outgoing(message, 3);
    const keys = new Set<string>();
    for (let turn = 0; turn < 16; turn++) {
      const bytes = outgoing.frames(3);
      expect(bytes.length).toBe(3 * outgoing.frameLength);
      for (let at = 0; at < bytes.length; at += outgoing.frameLength) {
        const one = bytes.subarray(at);
        expect(frameLength(one)).toBe(outgoing.frameLength);
        expect(one[1]! & 0x80).toBe(0x80);
        expect(readFrame(one)).toEqual(message);
        keys.add(one.subarray(4, 8).toString("hex"));
      }
    }
    // 48 random keys: that two are the same is not to be expected in a million runs.
    expect(keys.size).toBe(48);
  });

  it("gives the first part of a batch where fewer are wanted", () => {
    const outgoing = new Outgoing(scenarioMessage("text", 10, false), 4);
    expect(outgoing.frames(1).length).toBe(outgoing.frameLength);
    expect(readFrame(outgoing.frames(1)).payload.toString()).toBe("mmmmmmmmmm");
  });

  it("refuses to give fewer than are wanted", () => {
    const outgoing = new Outgoing(scenarioMessage("text", 10, false), 4);
    expect(() => outgoing.frames(5)).toThrow(new RangeError("5 frames are more than a batch"));
  });

  it("compresses each message by itself", () => {
    const message = scenarioMessage("json", 200, true);
    const sent = readFrame(new Outgoing(message, 1).frames(1));
    expect(sent.compressed).toBe(true);
    expect(sent.payload.length).toBeLessThan(200);
    const flush = Buffer.concat([sent.payload, Buffer.from([0, 0, 0xff, 0xff])]);
    const inflated = inflateRawSync(flush, { finishFlush: constants.Z_SYNC_FLUSH });
    expect(inflated.equals(message.payload)).toBe(true);
  });

  it("keeps a bounded number of bytes", () => {
    const outgoing = new Outgoing(scenarioMessage("text", 2 ** 20, false), 33);
    expect(outgoing.frames(33).length).toBe(33 * outgoing.frameLength);
    // One batch is more than the bound already: the same comes again.
    expect(outgoing.frames(1).equals(outgoing.frames(1))).toBe(true);
  });
});
