import { Buffer } from "node:buffer";
import { prepareMessage } from "@mantou/websocket";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JoinedMessages } from "../../src/websocket/joined-messages.ts";

function wire(pieces: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "latin1") : piece)),
  );
}

/** Small and large messages, text and bytes: those that are framed into one string and those that are not. */
const message = fc.oneof(
  fc.string({ unit: "binary", maxLength: 50 }),
  fc.uint8Array({ maxLength: 50 }),
  fc.integer({ min: 1_000, max: 5_000 }).map((length) => "a".repeat(length)),
  fc.integer({ min: 1_000, max: 5_000 }).map((length) => new Uint8Array(length).fill(length)),
);

describe("JoinedMessages", () => {
  it("gives the frames one behind the other, and their size", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
        const prepared = messages.map((data) => prepareMessage(data));
        const { pieces, size } = new JoinedMessages(prepared).frames(0)!;
        const apart = prepared.map(({ plain: { head, payload } }) =>
          wire(payload === null ? [head] : [head, payload]),
        );
        expect(wire(pieces).equals(Buffer.concat(apart))).toBe(true);
        expect(size).toBe(wire(pieces).length);
      }),
    );
  });

  it("makes one string of small messages, and copies no big one", () => {
    const big = new Uint8Array(5_000);
    const frames = [
      prepareMessage("a"),
      prepareMessage(new Uint8Array([1])),
      prepareMessage(big),
      prepareMessage("b"),
    ];
    const { pieces } = new JoinedMessages(frames).frames(0)!;
    expect(pieces).toEqual(["\x81\x01a\x82\x01\x01\x82\x7e\x13\x88", big, "\x81\x01b"]);
    expect(pieces[1]).toBe(big);
    expect(new JoinedMessages(frames.slice(0, 2)).frames(0)!.pieces).toEqual(["\x81\x01a\x82\x01\x01"]);
    expect(new JoinedMessages([]).frames(0)).toEqual({ pieces: [], size: 0, compressed: false });
  });

  it("puts them together once for each form, compressed where that is wanted", () => {
    const joined = new JoinedMessages([prepareMessage("a".repeat(100), true), prepareMessage("b")]);
    const compressed = joined.frames(15)!;
    expect(joined.frames(15)).toBe(compressed);
    expect(compressed.size).toBeLessThan(joined.frames(0)!.size);
    expect(wire(compressed.pieces)[0]).toBe(0xc1);
    expect([compressed.compressed, joined.frames(0)!.compressed]).toEqual([true, false]);
    expect(wire(compressed.pieces).subarray(-3)).toEqual(Buffer.from("\x81\x01b", "latin1"));
  });

  it("has nothing while one of them is still to be compressed in the thread pool", () => {
    const joined = new JoinedMessages([prepareMessage("a"), prepareMessage("a".repeat(70_000), true)]);
    expect(joined.frames(15)).toBeNull();
    expect(joined.frames(0)!.size).toBe(3 + 10 + 70_000);
  });
});
