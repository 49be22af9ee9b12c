import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { undecodable } from "../../src/arbitraries/index.ts";
import {
  agreed,
  agreedFor,
  codecOf,
  deflating,
  framesOf,
  marked,
  messagesOf,
  payloadsOf,
  received,
} from "../deflate-sides.ts";
import { inflateNaively } from "../inflate-oracle.ts";
import { feed, hex, peerOf, ROLES, runs, wire } from "../support.ts";

const text = Buffer.from("the dough has risen, the dough has risen");
const HELLO = hex("f248cdc9c90700");

/** Noise in which pieces come again at distances around the size of a window. */
function tempting(bits: number): Buffer {
  const size = 2 ** bits;
  let seed = bits;
  const noise = Array.from({ length: 2 * size }, () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return (seed >> 16) & 255;
  });
  for (const distance of [0.6 * size, 0.9 * size, size - 262, size - 1, size, size + 1, 1.5 * size]) {
    const from = noise.length - Math.floor(Math.max(distance, 20));
    for (let i = 0; i < 20; i++) noise.push(noise[from + i]!);
  }
  return Buffer.from(noise);
}

describe.each(ROLES)("RFC 7692, a %s", (role) => {
  const peer = peerOf(role);

  describe("§7.2.1: compressing", () => {
    it("§7.2.1: leaves out the end of the flush, and ends where a block ends", () => {
      const payloads = payloadsOf(deflating(role), [
        text,
        text,
        Buffer.from([0]),
        Buffer.alloc(70_000, "ab"),
      ]);
      let history = Buffer.alloc(0);
      for (const payload of payloads) {
        expect(payload.subarray(-4)).not.toEqual(hex("0000ffff"));
        const { message, finalBlocks } = inflateNaively(payload, history);
        expect(finalBlocks).toBe(0);
        history = Buffer.concat([history, message]);
      }
      expect(history.equals(Buffer.concat([text, text, Buffer.from([0]), Buffer.alloc(70_000, "ab")]))).toBe(
        true,
      );
    });

    it.each([
      8, 9, 10, 11, 12, 13, 14, 15,
    ])("§7.2.1: MUST NOT use a window of more than 2^%d bytes, if that was agreed", (bits) => {
      const messages = [tempting(bits), tempting(bits)];
      const payloads = payloadsOf(deflating(role, agreedFor(role, bits, true)), messages);
      let history = Buffer.alloc(0);
      let greatest = 0;
      for (const [i, payload] of payloads.entries()) {
        const { message, farthest } = inflateNaively(payload, history);
        expect(message.equals(messages[i]!)).toBe(true);
        greatest = Math.max(greatest, farthest);
        history = Buffer.concat([history, message]);
      }
      expect(greatest).toBeLessThanOrEqual(2 ** bits);
      // zlib leaves 262 bytes of its window unused.
      expect(greatest).toBeGreaterThan(2 ** bits * 0.4);
    });

    it("§7.2.1: MUST begin each message with an empty window, if that was agreed", () => {
      for (const payload of payloadsOf(deflating(role, agreedFor(role, 15, false)), [text, text, text]))
        expect(inflateNaively(payload).message).toEqual(text);
    });

    it("§7.2.1: may go on with the window else, which makes repeated messages small", () => {
      const [first, second] = payloadsOf(deflating(role), [text, text]);
      expect(second!.length).toBeLessThan(first!.length / 2);
    });

    it("§7.2.3.6: the empty message is not compressed", () => {
      const { connection, sink } = deflating(role);
      connection.text("");
      connection.binary(new Uint8Array());
      expect(framesOf(sink.flush()).map(({ first, payload }) => [first, payload.length])).toEqual([
        [0x81, 0],
        [0x82, 0],
      ]);
    });
  });

  describe("§7.2.2: decompressing", () => {
    it.each([
      ["§7.2.3.1, one block", ["f248cdc9c90700"], ["Hello"]],
      ["§7.2.3.2, a window that is shared", ["f248cdc9c90700", "f200110000"], ["Hello", "Hello"]],
      ["§7.2.3.3, a block that is not compressed", ["000500faff48656c6c6f00"], ["Hello"]],
      ["§7.2.3.4, a final block", ["f348cdc9c9070000"], ["Hello"]],
      ["§7.2.3.5, two blocks", ["f248050000 00ffffcac9c90700"], ["Hello"]],
      ["§7.2.3.6, the empty message", ["00"], [""]],
    ])("§7.2.3: reads the RFC's examples: %s", (_name, payloads, texts) => {
      const frames = payloads.map((payload) => ({ opcode: 1, rsv: 4, payload: hex(payload) }));
      expect(received(role, agreed(), ...frames)).toEqual(texts.map((one) => `text ${JSON.stringify(one)}`));
    });

    it("§7.2.3.1: a message in two frames, cut at each place", () => {
      for (let at = 0; at <= HELLO.length; at++) {
        const first = { opcode: 1, rsv: 4, fin: false, payload: HELLO.subarray(0, at) };
        expect(received(role, agreed(), first, { opcode: 0, payload: HELLO.subarray(at) })).toEqual([
          'text "Hello"',
        ]);
      }
    });

    it("§7.2.2: MUST go on with the window of the message before", () => {
      const payloads = payloadsOf(deflating(peer), [text, Buffer.from("Hello"), text]);
      expect(messagesOf(deflating(role), peer, payloads)).toEqual([text, Buffer.from("Hello"), text]);
    });

    it("§7.2.2: goes on with no window, if that was agreed", () => {
      const frames = ["f248cdc9c90700", "f200110000"].map((payload) => ({
        opcode: 1,
        rsv: 4,
        payload: hex(payload),
      }));
      expect(received(role, agreedFor(peer, 15, false), ...frames)).toEqual([
        'text "Hello"',
        "error UNDECODABLE",
      ]);
    });

    it("§7.2.2: fails the connection with 1007 for invalid DEFLATE", () => {
      const wrong = fc
        .record({ windowBits: fc.integer({ min: 8, max: 15 }), takeover: fc.boolean() })
        .chain((limits) => undecodable(limits).map((found) => ({ ...limits, ...found })));
      fc.assert(
        fc.property(wrong, ({ windowBits, takeover, before, payload }) => {
          const frames = [...before.map((one) => one.payload), payload].map((one) => marked(one));
          const { events, sent } = feed(
            role,
            [wire(peer, ...frames)],
            codecOf(role, agreedFor(peer, windowBits, takeover)),
          );
          expect(events.slice(before.length)).toEqual(["error UNDECODABLE"]);
          expect(feed(peer, [sent]).events.at(-1)).toMatch(/^close 1007 /);
        }),
        runs(120),
      );
    });

    it("RFC 6455 §8.1: text MUST be UTF-8 behind the compression", () => {
      const [payload] = payloadsOf(deflating(peer), [hex("48c328")]);
      expect(received(role, agreed(), { opcode: 1, rsv: 4, payload: payload! })).toEqual(["error TEXT_UTF8"]);
      expect(received(role, agreed(), { opcode: 2, rsv: 4, payload: payload! })).toEqual(["binary 48c328"]);
    });

    it("RFC 6455 §10.4: a small frame that becomes a message beyond the limit fails with 1009", () => {
      const [payload] = payloadsOf(deflating(peer), [Buffer.alloc(1001)]);
      const bytes = wire(peer, marked(payload!));
      const limits = { messageBytes: 1000, frameBytes: 1000 };
      expect(feed(role, [bytes], { ...codecOf(role), limits }).events).toEqual(["error MESSAGE_TOO_BIG"]);
      const enough = { messageBytes: 1001, frameBytes: 1000 };
      expect(feed(role, [bytes], { ...codecOf(role), limits: enough }).events).toHaveLength(1);
    });
  });
});
