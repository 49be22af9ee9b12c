import { describe, expect, it } from "vitest";
import { FrameDecoder, NEED_MORE, PIECE, REFUSED } from "../src/frame-decoder.ts";
import { wire } from "./support.ts";

const decoder = () => new FrameDecoder({ masked: false, rsv1: false, frameBytes: 1 << 20 });

interface Seen {
  opcode: number;
  offset: number;
  payload: string;
  starts: boolean;
  ends: boolean;
}

/** All pieces that the decoder finds in `input`. */
function pieces(frames: FrameDecoder, input: Buffer): Seen[] {
  frames.push(input);
  const seen: Seen[] = [];
  while (frames.next() === PIECE) {
    seen.push({
      opcode: frames.opcode,
      offset: frames.offset,
      payload: frames.input.toString("latin1", frames.start, frames.end),
      starts: frames.startsFrame,
      ends: frames.endsFrame,
    });
  }
  return seen;
}

const text = (payload: string) => ({ opcode: 1, payload: Buffer.from(payload) });

describe("FrameDecoder", () => {
  it("finds each of several frames in one input, whole", () => {
    expect(
      pieces(decoder(), wire("server", text("one"), text(""), { opcode: 2, payload: Buffer.from("three") })),
    ).toEqual([
      { opcode: 1, offset: 0, payload: "one", starts: true, ends: true },
      { opcode: 1, offset: 0, payload: "", starts: true, ends: true },
      { opcode: 2, offset: 0, payload: "three", starts: true, ends: true },
    ]);
  });

  it("finds the same frames however the input is cut, and numbers their pieces", () => {
    const input = wire("server", text("one"), text("x".repeat(130)), text(""), text("four"));
    for (let at = 0; at <= input.length; at++) {
      for (const second of [at, Math.min(at + 1, input.length), Math.min(at + 3, input.length)]) {
        const frames = decoder();
        const parts = [input.subarray(0, at), input.subarray(at, second), input.subarray(second)];
        const all = parts.flatMap((part) => pieces(frames, part));
        const joined: string[] = [];
        for (const piece of all) {
          if (piece.starts) joined.push("");
          expect(piece.offset).toBe(joined.at(-1)!.length);
          joined[joined.length - 1] += piece.payload;
        }
        expect(joined).toEqual(["one", "x".repeat(130), "", "four"]);
        expect(all.filter((piece) => piece.ends)).toHaveLength(4);
      }
    }
  });

  it("gives the first piece as soon as the header has come", () => {
    expect(pieces(decoder(), wire("server", text("abc")).subarray(0, 2))).toEqual([
      { opcode: 1, offset: 0, payload: "", starts: true, ends: false },
    ]);
  });

  it("lets go of the input when it has read it", () => {
    const frames = decoder();
    const input = wire("server", text("abc"));
    frames.push(input);
    expect(frames.drained).toBe(false);
    expect(frames.next()).toBe(PIECE);
    expect(frames.drained).toBe(true);
    expect(frames.input).toBe(input);
    expect(frames.next()).toBe(NEED_MORE);
    expect(frames.input).toHaveLength(0);
    expect(frames.next()).toBe(NEED_MORE);
  });

  it("drops the unread bytes", () => {
    const frames = decoder();
    frames.push(wire("server", text("abc"), text("def")));
    frames.next();
    frames.drop();
    expect(frames.drained).toBe(true);
    expect(frames.next()).toBe(NEED_MORE);
  });

  it("refuses a header, cut or not", () => {
    const input = wire("server", text("fine"), { opcode: 2, announced: 1n, lengthBits: 64 });
    for (let at = 0; at <= input.length; at++) {
      const frames = decoder();
      expect(
        [...pieces(frames, input.subarray(0, at)), ...pieces(frames, input.subarray(at))].at(-1)?.ends,
      ).toBe(true);
      expect(frames.error).toBe("LENGTH_NOT_MINIMAL");
    }
    const whole = decoder();
    whole.push(input);
    expect([whole.next(), whole.next()]).toEqual([PIECE, REFUSED]);
  });
});
