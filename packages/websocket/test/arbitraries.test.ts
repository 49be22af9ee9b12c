import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BOUNDARY_LENGTHS,
  boundaryMessage,
  closeCode,
  controlPayload,
  conversation,
  cut,
  cuts,
  forbiddenCloseCode,
  INVALID_KINDS,
  INVALID_UTF8,
  invalidBy,
  message,
  messagePayload,
  openConversation,
  split,
  text,
  wholeMessage,
  writeFrame,
} from "../src/arbitraries/index.ts";
import { ERRORS } from "../src/errors.ts";
import { listen } from "./oracle.ts";
import { hex, peerOf, ROLES } from "./support.ts";

const SAMPLES = { numRuns: 300, seed: 20111 };

describe("writeFrame", () => {
  it.each([
    [
      "a text, masked (RFC 6455 §5.7)",
      { opcode: 1, maskKey: hex("37fa213d"), payload: Buffer.from("Hello") },
      "818537fa213d7f9f4d5158",
    ],
    ["a ping (§5.7)", { opcode: 9, payload: Buffer.from("Hello") }, "890548656c6c6f"],
    ["a fragment", { opcode: 2, fin: false, payload: hex("01") }, "020101"],
    ["reserved bits", { opcode: 0, rsv: 5 }, "d000"],
    ["a length in 16 bits", { opcode: 2, lengthBits: 16 as const, payload: hex("ff") }, "827e0001ff"],
    ["a length in 64 bits", { opcode: 2, lengthBits: 64 as const }, "827f0000000000000000"],
    [
      "a length that is not the payload's",
      { opcode: 2, announced: 0x8000000000000001n },
      "827f8000000000000001",
    ],
  ])("writes %s", (_name, parts, expected) => {
    const frame = { fin: true, rsv: 0, maskKey: null, payload: new Uint8Array(), ...parts };
    expect(writeFrame(frame).toString("hex")).toBe(expected);
  });
});

describe.each(ROLES)("for a %s,", (role) => {
  const from = peerOf(role);
  const received = (bytes: Uint8Array) => listen(role === "server", bytes, 16 * 1024 * 1024, 128);

  it("conversations break no rule of the oracle's", () => {
    for (const exchange of fc.sample(conversation(from), SAMPLES)) {
      const events = received(exchange.bytes);
      expect(events).toHaveLength(exchange.events.length);
      expect(events.filter((event) => event.startsWith("error"))).toEqual([]);
    }
  });

  it("conversations have everything in them", () => {
    const all = fc.sample(conversation(from), SAMPLES);
    const frames = all.flatMap((exchange) => exchange.frames);
    expect(new Set(frames.map((frame) => frame.opcode))).toEqual(new Set([0, 1, 2, 8, 9, 10]));
    expect(frames.some((frame) => frame.payload.length > 65535)).toBe(true);
    expect(frames.every((frame) => (frame.maskKey !== null) === (from === "client"))).toBe(true);
    const interleaved = all.some((exchange) =>
      exchange.frames.some((frame, i) => frame.opcode > 8 && exchange.frames[i - 1]?.fin === false),
    );
    expect(interleaved).toBe(true);
    expect(
      fc.sample(openConversation(from), SAMPLES).some((exchange) => exchange.events.at(-1)?.type === "close"),
    ).toBe(false);
    expect(fc.sample(wholeMessage(from), SAMPLES).some((part) => part.frames.length > 3)).toBe(true);
  });

  it.each(
    INVALID_KINDS,
  )("invalid input of the kind %s breaks that rule of the oracle's, and no other before it", (kind) => {
    for (const wrong of fc.sample(invalidBy(from, kind), { numRuns: 30, seed: 7 })) {
      expect([wrong.error, wrong.closeCode]).toEqual([kind, ERRORS[kind].closeCode]);
      expect(received(wrong.bytes).slice(wrong.events.length)).toEqual([`error ${kind}`]);
    }
  });
});

describe("values", () => {
  it("have the defect of their name", () => {
    for (const value of fc.sample(text(), SAMPLES)) expect(Buffer.from(value).toString()).toBe(value);
    for (const payload of fc.sample(controlPayload(), SAMPLES))
      expect(payload.length).toBeLessThanOrEqual(125);
    const [allowed, forbidden] = [fc.sample(closeCode(), SAMPLES), fc.sample(forbiddenCloseCode(), SAMPLES)];
    expect(allowed.filter((code) => forbidden.includes(code))).toEqual([]);
    expect(new Set(fc.sample(message(), SAMPLES).map((value) => value.type))).toEqual(
      new Set(["text", "binary"]),
    );
    const lengths = fc.sample(boundaryMessage(), SAMPLES).map((value) => messagePayload(value).length);
    expect(new Set(lengths)).toEqual(new Set(BOUNDARY_LENGTHS));
  });

  it("INVALID_UTF8 is not UTF-8, and might be until the byte that is named", () => {
    const decoder = () => new TextDecoder("utf-8", { fatal: true });
    for (const { hex: digits, certainAfter } of INVALID_UTF8) {
      expect(() => decoder().decode(hex(digits))).toThrow(TypeError);
      const before = hex(digits).subarray(0, certainAfter - 1);
      expect(() => decoder().decode(before, { stream: true })).not.toThrow();
    }
  });
});

describe("splits", () => {
  it("cut at their places, and lose nothing", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    expect(cut(bytes, [1, 4]).map((piece) => [...piece])).toEqual([[1], [2, 3, 4], [5]]);
    expect(cut(bytes, []).map((piece) => [...piece])).toEqual([[1, 2, 3, 4, 5]]);
    for (const pieces of fc.sample(split(bytes), SAMPLES)) {
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
      expect(pieces.every((piece) => piece.length > 0)).toBe(true);
    }
  });

  it("are of all sorts", () => {
    const counts = fc.sample(cuts(30), SAMPLES).map((at) => at.length);
    expect(counts).toContain(29);
    expect(counts).toContain(0);
    expect(fc.sample(cuts(1), SAMPLES).every((at) => at.length === 0)).toBe(true);
  });
});
