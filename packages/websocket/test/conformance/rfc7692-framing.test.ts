import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compressedConversation, split } from "../../src/arbitraries/index.ts";
import { agreed, agreedFor, codecOf, deflating, framesOf, received } from "../deflate-sides.ts";
import { inflateNaively } from "../inflate-oracle.ts";
import { feed, hex, peerOf, plain, ROLES, receive, runs, wire } from "../support.ts";

const text = Buffer.from("the dough has risen, the dough has risen");
const HELLO = hex("f248cdc9c90700");

describe.each(ROLES)("RFC 7692, a %s", (role) => {
  const peer = peerOf(role);

  describe("§6: RSV1 marks compressed messages", () => {
    it("§6: MUST fail the connection if it is set on a control frame", () => {
      for (const opcode of [8, 9, 10])
        expect(received(role, agreed(), { opcode, rsv: 4, payload: HELLO })).toEqual(["error RESERVED_BITS"]);
    });

    it("§6: MUST fail the connection if it is set on a fragment that is not the first", () => {
      for (const rsv of [0, 4]) {
        const first = { opcode: 2, rsv, fin: false, payload: HELLO.subarray(0, 3) };
        expect(received(role, agreed(), first, { opcode: 0, rsv: 4, payload: HELLO.subarray(3) })).toEqual([
          "error RESERVED_BITS",
        ]);
      }
    });

    it("§6: the other reserved bits stay reserved", () => {
      for (const rsv of [1, 2, 3, 5, 6, 7])
        expect(received(role, agreed(), { opcode: 1, rsv, payload: HELLO })).toEqual(["error RESERVED_BITS"]);
    });

    it("§6.1: only the first frame of a message has it, and the opcode stays", () => {
      const { connection, sink } = deflating(role);
      connection.text(text.toString());
      connection.binary(text);
      expect(framesOf(sink.flush()).map(({ first }) => first)).toEqual([0xc1, 0xc2]);
    });

    it("§6.1: control frames are not compressed", () => {
      const { connection, sink } = deflating(role);
      connection.ping(text);
      connection.pong(text);
      connection.close(1000, text.toString());
      const frames = framesOf(sink.flush());
      expect(frames.map(({ first }) => first)).toEqual([0x89, 0x8a, 0x88]);
      expect(frames[0]!.payload).toEqual(text);
    });

    it("§6.1: a message may go as it is, and then does not come into the window", () => {
      const { connection, sink } = deflating(role);
      connection.binary(text, false);
      connection.binary(text);
      const frames = framesOf(sink.flush());
      expect(frames.map(({ first }) => first)).toEqual([0x82, 0xc2]);
      expect(inflateNaively(frames[1]!.payload).message).toEqual(text);
    });

    it("§6.2: a message without it is not decompressed, and does not come into the window", () => {
      const again = { opcode: 1, rsv: 4, payload: hex("f200110000") };
      expect(
        received(role, agreed(), { opcode: 1, rsv: 4, payload: HELLO }, { opcode: 1, payload: text }, again),
      ).toEqual(['text "Hello"', `text ${JSON.stringify(text.toString())}`, 'text "Hello"']);
      expect(received(role, agreed(), { opcode: 1, payload: Buffer.from("Hello") }, again)).toEqual([
        'text "Hello"',
        "error UNDECODABLE",
      ]);
    });

    it("§6.2: receives all valid conversations, cut anywhere", () => {
      const windows = fc.record({ windowBits: fc.integer({ min: 8, max: 15 }), takeover: fc.boolean() });
      const exchange = windows.chain((limits) =>
        fc
          .tuple(fc.constant(limits), compressedConversation(peer, limits))
          .chain(([, conversation]) =>
            fc.tuple(fc.constant(limits), fc.constant(conversation), split(conversation.bytes)),
          ),
      );
      fc.assert(
        fc.property(exchange, ([{ windowBits, takeover }, { events }, pieces]) => {
          const result = feed(role, pieces, codecOf(role, agreedFor(peer, windowBits, takeover)));
          expect(result.events).toEqual(events.map(plain));
          expect(result.state).toBe("open");
        }),
        runs(100),
      );
    });
  });

  it("RFC 6455 §5.2: RSV1 fails the connection if nothing was negotiated", () => {
    const { events } = feed(role, [wire(peer, { opcode: 1, rsv: 4, payload: HELLO })]);
    expect(events).toEqual(["error RESERVED_BITS"]);
    expect(
      receive(deflating(role).connection, wire(peer, { opcode: 1, rsv: 4, payload: HELLO })),
    ).toHaveLength(1);
  });
});
