import { constants } from "node:buffer";
import { describe, expect, it } from "vitest";
import { INVALID_UTF8 } from "../src/arbitraries/index.ts";
import { FrameDecoder, PIECE } from "../src/frame-decoder.ts";
import { type Limits, resolveLimits } from "../src/limits.ts";
import { SCRATCH_BYTES } from "../src/mask.ts";
import { MessageAssembler } from "../src/message-assembler.ts";
import { hex, wire } from "./support.ts";

/** The result of `pieces` of a client's data frames. */
function assemble(pieces: readonly Buffer[], limits: Partial<Limits> = {}, rsv1 = false): unknown[] {
  const decoder = new FrameDecoder({ masked: true, rsv1, frameBytes: Number.MAX_SAFE_INTEGER });
  const assembler = new MessageAssembler(resolveLimits(limits));
  const results: unknown[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    while (decoder.next() === PIECE) {
      const result = assembler.push(decoder);
      if (result === false) return [...results, assembler.error];
      if (result !== null)
        // A copy: what the codec is to read may be lent to it.
        results.push(
          assembler.encoded ? { opcode: assembler.opcode, encoded: Buffer.from(result as Buffer) } : result,
        );
    }
  }
  return results;
}

/** The same for all ways of cutting in two, which must agree. */
function assembleEveryWay(bytes: Buffer, limits: Partial<Limits> = {}, rsv1 = false): unknown[] {
  const whole = assemble([bytes], limits, rsv1);
  for (let at = 0; at <= bytes.length; at++) {
    expect(assemble([bytes.subarray(0, at), bytes.subarray(at)], limits, rsv1), `cut at ${at}`).toEqual(
      whole,
    );
  }
  const bytewise = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  expect(assemble(bytewise, limits, rsv1)).toEqual(whole);
  return whole;
}

const client = (...frames: Parameters<typeof wire>[1][]) => wire("client", ...frames);
const bytesOf = (text: string) => Buffer.from(text);

describe("messages", () => {
  it("come out in order, text as strings, binary as Buffers", () => {
    const bytes = client(
      { opcode: 1, payload: bytesOf("ascii") },
      { opcode: 2, payload: bytesOf("bytes") },
      { opcode: 1, payload: bytesOf("ünïcödé €😀") },
      { opcode: 1 },
      { opcode: 2 },
    );
    expect(assembleEveryWay(bytes)).toEqual(["ascii", bytesOf("bytes"), "ünïcödé €😀", "", Buffer.alloc(0)]);
  });

  it("are put together from fragments, cut also inside a character, some of them empty", () => {
    const payload = bytesOf("a€😀");
    const cuts = Array.from(payload, (_, i) => ({
      opcode: i === 0 ? 1 : 0,
      fin: false,
      payload: payload.subarray(i, i + 1),
    }));
    const bytes = client(
      ...cuts,
      { opcode: 0, fin: false },
      { opcode: 0 },
      { opcode: 2, fin: false },
      { opcode: 0, payload: bytesOf("x") },
    );
    expect(assembleEveryWay(bytes)).toEqual(["a€😀", bytesOf("x")]);
  });

  it.each([
    SCRATCH_BYTES,
    SCRATCH_BYTES + 1,
    300_000,
  ])("of %d bytes come out whole, from one piece or many", (length) => {
    for (const character of ["x", "é"]) {
      const payload = Buffer.alloc(length & ~1, character);
      const bytes = client({ opcode: 1, payload }, { opcode: 2, payload });
      const pieces = Array.from({ length: 10 }, (_, i) => i * 40_001).map((at) =>
        bytes.subarray(at, at + 40_001),
      );
      for (const [text, binary] of [assemble([bytes]), assemble([...pieces, bytes.subarray(400_010)])]) {
        expect(text === payload.toString()).toBe(true);
        expect(payload.equals(binary as Buffer)).toBe(true);
      }
    }
  });

  it("are handed out with their opcode for the codec when RSV1 marks them, whatever they hold", () => {
    const bytes = client(
      { opcode: 1, rsv: 4, payload: hex("ff00") },
      { opcode: 2, rsv: 4, fin: false, payload: hex("01") },
      { opcode: 0, payload: hex("02") },
      { opcode: 1, payload: bytesOf("plain") },
    );
    expect(assembleEveryWay(bytes, {}, true)).toEqual([
      { opcode: 1, encoded: hex("ff00") },
      { opcode: 2, encoded: hex("0102") },
      "plain",
    ]);
  });
});

describe("text (RFC 6455 §8.1)", () => {
  it.each(INVALID_UTF8)("fails for $name in the middle of an unfinished frame", ({
    hex: digits,
    certainAfter,
  }) => {
    for (const before of ["", "ascii", "é", "a".repeat(100)]) {
      const payload = Buffer.concat([bytesOf(before), hex(digits), Buffer.alloc(200)]);
      const frame = client({ opcode: 1, fin: false, payload });
      const header = frame.length - payload.length;
      const certain = header + Buffer.byteLength(before) + certainAfter;
      expect(assemble([frame.subarray(0, certain - 1)])).toEqual([]);
      expect(assemble([frame.subarray(0, certain)])).toEqual(["TEXT_UTF8"]);
      expect(assemble(Array.from(frame.subarray(0, certain), (byte) => Buffer.of(byte)))).toEqual([
        "TEXT_UTF8",
      ]);
    }
  });

  it.each(["c3", "e2", "e282", "f0", "f09f", "f09f98"])("fails if it ends in %s", (digits) => {
    const whole = client({ opcode: 1, payload: Buffer.concat([bytesOf("a"), hex(digits)]) });
    expect(assembleEveryWay(whole)).toEqual(["TEXT_UTF8"]);
    const fragmented = client({ opcode: 1, fin: false, payload: hex(digits) }, { opcode: 0 });
    expect(assembleEveryWay(fragmented)).toEqual(["TEXT_UTF8"]);
  });

  it("does not carry an open character into the next message", () => {
    const bytes = client(
      { opcode: 2, fin: false, payload: hex("e2") },
      { opcode: 0 },
      { opcode: 1, payload: bytesOf("a") },
    );
    expect(assembleEveryWay(bytes)).toEqual([hex("e2"), "a"]);
  });
});

describe("order (§5.4)", () => {
  it.each([
    ["a continuation at the beginning", client({ opcode: 0 }), ["CONTINUATION_WITHOUT_START"]],
    [
      "a continuation after a message",
      client({ opcode: 1 }, { opcode: 0 }),
      ["", "CONTINUATION_WITHOUT_START"],
    ],
    ["a message inside a message", client({ opcode: 1, fin: false }, { opcode: 2 }), ["MESSAGE_INTERRUPTED"]],
  ])("refuses %s", (_name, bytes, expected) => {
    expect(assembleEveryWay(bytes)).toEqual(expected);
  });
});

describe("limits", () => {
  const fragments = (count: number, payload: Buffer) =>
    client(
      ...Array.from({ length: count }, (_, i) => ({
        opcode: i === 0 ? 2 : 0,
        fin: i === count - 1,
        payload,
      })),
      { opcode: 2 },
    );
  const empty = Buffer.alloc(0);

  it("messageBytes counts a whole message", () => {
    const limits = { messageBytes: 10 };
    expect(assembleEveryWay(client({ opcode: 1, payload: Buffer.alloc(10, "x") }), limits)).toEqual([
      "xxxxxxxxxx",
    ]);
    expect(assembleEveryWay(client({ opcode: 1, payload: Buffer.alloc(11, "x") }), limits)).toEqual([
      "MESSAGE_TOO_BIG",
    ]);
    expect(assembleEveryWay(fragments(5, hex("0102")), limits)).toHaveLength(2);
    expect(assembleEveryWay(fragments(6, hex("0102")), limits)).toEqual(["MESSAGE_TOO_BIG"]);
  });

  it("messageBytes is applied as soon as the header announces too much", () => {
    const header = client({ opcode: 2, announced: 11n });
    expect(assemble([header], { messageBytes: 10 })).toEqual(["MESSAGE_TOO_BIG"]);
    expect(assemble([header], { messageBytes: 11 })).toEqual([]);
  });

  it("no limit is so high that a text becomes longer than Node.js's strings may be", () => {
    const limits = { messageBytes: Number.MAX_SAFE_INTEGER };
    const most = BigInt(constants.MAX_STRING_LENGTH);
    const announcing = (opcode: number, announced: bigint, rsv = 0) => client({ opcode, announced, rsv });
    expect(assemble([announcing(1, most)], limits)).toEqual([]);
    expect(assemble([announcing(1, most + 1n)], limits)).toEqual(["MESSAGE_TOO_BIG"]);
    const begun = client({ opcode: 1, fin: false, payload: bytesOf("a") });
    expect(assemble([begun, announcing(0, most)], limits)).toEqual(["MESSAGE_TOO_BIG"]);
    // Bytes may be more, and so may what the codec makes a text of.
    expect(assemble([announcing(2, most + 1n)], limits)).toEqual([]);
    expect(assemble([announcing(1, most + 1n, 4)], limits, true)).toEqual([]);
  });

  // From Node.js 22 on a header cannot announce more than a Buffer may have.
  it.skipIf(constants.MAX_LENGTH >= Number.MAX_SAFE_INTEGER)(
    "no limit is so high that a message becomes longer than Node.js's Buffers may be",
    () => {
      const header = (more: bigint) => client({ opcode: 2, announced: BigInt(constants.MAX_LENGTH) + more });
      const limits = { messageBytes: Number.MAX_SAFE_INTEGER };
      expect(assemble([header(0n)], limits)).toEqual([]);
      expect(assemble([header(1n)], limits)).toEqual(["MESSAGE_TOO_BIG"]);
    },
  );

  it("fragments counts the frames of one message", () => {
    expect(assembleEveryWay(fragments(3, hex("01")), { fragments: 3 })).toEqual([hex("010101"), empty]);
    expect(assembleEveryWay(fragments(4, hex("01")), { fragments: 3 })).toEqual(["TOO_MANY_FRAGMENTS"]);
  });

  it("fragments grows with messageBytes, so that Autobahn's messages in fragments of 64 bytes arrive", () => {
    for (const [messageBytes, most] of [
      [0, 16_384],
      [16_384, 17_408],
    ] as const) {
      const { fragments: limit } = resolveLimits({ messageBytes });
      expect(limit).toBe(most);
    }
    const payload = Buffer.alloc(64, 1);
    const frame = (opcode: number, fin: boolean) => client({ opcode, fin, payload });
    const middle = frame(0, false);
    const pieces = [frame(2, false), ...Array.from({ length: 65_534 }, () => middle), frame(0, true)];
    expect(Buffer.alloc(4 * 1024 * 1024, 1).equals(assemble(pieces)[0] as Buffer)).toBe(true);
  });

  it("emptyFragments counts the empty frames of a fragmented message, and only those", () => {
    const limits = { emptyFragments: 2 };
    expect(assembleEveryWay(fragments(2, empty), limits)).toEqual([empty, empty]);
    expect(assembleEveryWay(Buffer.concat([fragments(2, empty), fragments(2, empty)]), limits)).toHaveLength(
      4,
    );
    expect(assembleEveryWay(fragments(3, empty), limits)).toEqual(["TOO_MANY_EMPTY_FRAGMENTS"]);
    expect(assemble([fragments(1, empty)], { emptyFragments: 0 })).toEqual([empty, empty]);
  });
});
