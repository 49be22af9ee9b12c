/** The same compressed messages to this package and to `ws` 8, in both roles, and each other's. */
import { deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CompressedMessage,
  type CompressorLimits,
  compressedConversation,
  compressedMessages,
  split,
  undecodable,
} from "../../src/arbitraries/index.ts";
import { agreedFor, deflating, marked } from "../deflate-sides.ts";
import { hex, peerOf, plain, ROLES, receive, runs, wire } from "../support.ts";
import { wsReceives, wsWrites } from "../ws-halves.ts";

const limits: fc.Arbitrary<CompressorLimits> = fc.record({
  windowBits: fc.integer({ min: 8, max: 15 }),
  takeover: fc.boolean(),
  finalBlocks: fc.constant(false),
});

describe.each(ROLES)("ws and a %s of ours", (role) => {
  const from = peerOf(role);
  const weReceive = (windowBits: number, takeover: boolean, pieces: readonly Uint8Array[]) => {
    const { connection } = deflating(role, agreedFor(from, windowBits, takeover));
    return pieces.flatMap((piece) => receive(connection, piece)).map(plain);
  };

  it("have the same events of compressed conversations", async () => {
    const exchange = limits.chain((agreed) =>
      compressedConversation(from, agreed).chain(({ bytes }) => fc.tuple(fc.constant(agreed), split(bytes))),
    );
    await fc.assert(
      fc.asyncProperty(exchange, async ([{ windowBits, takeover }, pieces]) => {
        const theirs = await wsReceives(role, agreedFor(from, windowBits, takeover), pieces);
        expect(weReceive(windowBits, takeover, pieces)).toEqual(theirs);
      }),
      runs(100),
    );
  });

  it("refuse invalid DEFLATE with 1007", async () => {
    const wrong = limits.chain((agreed) => undecodable(agreed).map((found) => ({ ...agreed, ...found })));
    await fc.assert(
      fc.asyncProperty(wrong, async ({ windowBits, takeover, before, payload }) => {
        const bytes = wire(from, ...before.map((one) => marked(one.payload)), marked(payload));
        const theirs = await wsReceives(role, agreedFor(from, windowBits, takeover), [bytes]);
        expect(theirs.at(-1)).toBe("error 1007");
        const ours = weReceive(windowBits, takeover, [bytes]);
        expect([...ours.slice(0, -1), "error 1007"]).toEqual(theirs);
        expect(ours.at(-1)).toBe("error UNDECODABLE");
      }),
      runs(60),
    );
  });

  it("understand the other's compressed messages", async () => {
    const exchange = limits.chain((agreed) =>
      compressedMessages(agreed).map((list: readonly CompressedMessage[]) => ({
        ...agreed,
        messages: list.map(({ message }) => message).filter((message) => message.length > 0),
      })),
    );
    await fc.assert(
      fc.asyncProperty(exchange, async ({ windowBits, takeover, messages }) => {
        const received = messages.map((bytes) => plain({ type: "binary", bytes }));
        const theirs = await wsWrites(from, agreedFor(from, windowBits, takeover), messages);
        expect(weReceive(windowBits, takeover, [theirs])).toEqual(received);
        const { connection, sink } = deflating(from, agreedFor(from, windowBits, takeover));
        for (const message of messages) connection.binary(message);
        expect(await wsReceives(role, agreedFor(from, windowBits, takeover), [sink.flush()])).toEqual(
          received,
        );
      }),
      runs(60),
    );
  });

  it("read on behind a final block, unless they are ws", async () => {
    // "one" in a final block, and "two" behind it (RFC 7692 §7.2.1: the next block follows the padding).
    const payload = Buffer.concat([deflateRawSync("one"), hex("2a29cf0700")]);
    const bytes = wire(from, marked(payload, { opcode: 1 }));
    expect(weReceive(15, true, [bytes])).toEqual(['text "onetwo"']);
    expect(await wsReceives(role, agreedFor(from, 15, true), [bytes])).toEqual(['text "one"']);
  });
});
