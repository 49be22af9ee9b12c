/** RFC 6455 §5.4, §5.6, §6.2: messages in fragments. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { feed, feedEveryWay, hex, peerOf, ROLES, runs, side, wire } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const received = (...frames: Parameters<typeof wire>[1][]) =>
    feedEveryWay(role, wire(peer, ...frames)).events;
  const text = (payload: string | Buffer, fin = true) => ({ opcode: 1, fin, payload: Buffer.from(payload) });
  const more = (payload: string | Buffer, fin = false) => ({ opcode: 0, fin, payload: Buffer.from(payload) });

  it("§5.4 fragmented and unfragmented messages MUST be received", () => {
    expect(received(text("whole"), text("a", false), more("b", true), text("whole"))).toEqual([
      'text "whole"',
      'text "ab"',
      'text "whole"',
    ]);
    expect(received({ opcode: 2, fin: false, payload: hex("01") }, more(hex("02"), true))).toEqual([
      "binary 0102",
    ]);
  });

  it("§5.4 fragments MUST be delivered in the order sent", () => {
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
    const frames = letters.map((letter, i) => (i === 0 ? text(letter, false) : more(letter, i === 25)));
    expect(received(...frames)).toEqual([`text "${letters.join("")}"`]);
  });

  it("§5.4 the boundaries of frames MUST NOT matter", () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 20 });
    const message = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(message, cuts, fc.boolean(), (bytes, places, isText) => {
        const payload = Buffer.from(isText ? bytes.map((byte) => byte & 0x7f) : bytes);
        const ends = [...places.filter((at) => at < payload.length).sort((a, b) => a - b), payload.length];
        const frames = ends.map((end, i) => ({
          opcode: i > 0 ? 0 : isText ? 1 : 2,
          fin: i === ends.length - 1,
          payload: payload.subarray(i === 0 ? 0 : ends[i - 1]!, end),
        }));
        const whole = feed(role, [wire(peer, { opcode: isText ? 1 : 2, payload })]).events;
        expect(feed(role, [wire(peer, ...frames)]).events).toEqual(whole);
        expect(whole).toHaveLength(1);
      }),
      runs(300),
    );
  });

  it("§5.4: empty fragments may stand anywhere", () => {
    expect(received(text("", false), more(""), more("x"), more("", true))).toEqual(['text "x"']);
    expect(received(text("", false), more("", true), text("next"))).toEqual(['text ""', 'text "next"']);
  });

  it("§5.4 control frames in the middle of a message MUST be handled", () => {
    const events = received(
      text("a", false),
      { opcode: 9, payload: bytesOf("p") },
      more("b"),
      { opcode: 10 },
      more("c", true),
    );
    expect(events).toEqual(["ping 70", "pong ", 'text "abc"']);
    const inCharacter = received(text(hex("e2"), false), { opcode: 9 }, more(hex("82ac"), true));
    expect(inCharacter).toEqual(["ping ", 'text "€"']);
    expect(received(text("a", false), { opcode: 8 }, more("b", true))).toEqual(['close 1005 ""']);
    // The pong goes out though the message is not complete.
    const bytes = wire(peer, text("a", false), { opcode: 9, payload: bytesOf("now") });
    const { sent } = feed(role, [bytes], { maskKey: () => 0x3d21fa37 });
    expect(sent).toEqual(wire(role, { opcode: 10, payload: bytesOf("now") }));
  });

  it("§5.4 fragments of different messages MUST NOT be interleaved", () => {
    for (const opcode of [1, 2]) {
      for (const fin of [true, false]) {
        const next = { opcode, fin, payload: bytesOf("b") };
        expect(received(text("a", false), next)).toEqual(["error MESSAGE_INTERRUPTED"]);
        expect(received(text("a", false), more("b"), next)).toEqual(["error MESSAGE_INTERRUPTED"]);
      }
    }
    const { connection, sink } = side(role);
    connection.text("x".repeat(100_000));
    connection.binary(Buffer.alloc(100_000));
    expect(feed(peer, [sink.flush()]).events).toHaveLength(2);
  });

  it("§5.4 the type of all fragments MUST be that of the first", () => {
    expect(received({ opcode: 2, fin: false, payload: hex("ff") }, more("a", true))).toEqual(["binary ff61"]);
    for (const fin of [true, false]) {
      expect(received(more("x", fin))).toEqual(["error CONTINUATION_WITHOUT_START"]);
      expect(received(text("a"), more("x", fin))).toEqual(['text "a"', "error CONTINUATION_WITHOUT_START"]);
      expect(received({ opcode: 9 }, more("x", fin))).toEqual(["ping ", "error CONTINUATION_WITHOUT_START"]);
    }
  });

  it("§6.2 the type MUST be noted, and a new message follow the last fragment", () => {
    const frames = [
      { opcode: 2, fin: false, payload: bytesOf("a") },
      more("b", true),
      text("c", false),
      more("d", true),
      { opcode: 2, payload: bytesOf("e") },
    ];
    expect(received(...frames)).toEqual(["binary 6162", 'text "cd"', "binary 65"]);
  });

  it("§5.4, §5.5 a control frame MUST NOT be fragmented", () => {
    for (const opcode of [8, 9, 10]) {
      for (const payload of [Buffer.alloc(0), bytesOf("ab")]) {
        expect(received({ opcode, fin: false, payload })).toEqual(["error CONTROL_FRAGMENTED"]);
        const inside = received(text("a", false), { opcode, fin: false, payload });
        expect(inside).toEqual(["error CONTROL_FRAGMENTED"]);
      }
    }
    const { connection, sink } = side(role);
    connection.ping(Buffer.alloc(125));
    connection.pong(Buffer.alloc(125));
    connection.close(1000, "x".repeat(123));
    const sent = sink.flush();
    const size = 127 + (role === "client" ? 4 : 0);
    expect(sent).toHaveLength(3 * size);
    expect([0, 1, 2].map((i) => sent[i * size]! & 0x80)).toEqual([0x80, 0x80, 0x80]);
  });
});
