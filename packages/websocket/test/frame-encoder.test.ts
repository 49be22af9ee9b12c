import { describe, expect, it } from "vitest";
import { BOUNDARY_LENGTHS } from "../src/arbitraries/index.ts";
import {
  asBuffer,
  FrameEncoder,
  INLINE_ASCII_BYTES,
  INLINE_BYTES,
  STRING_BYTES,
} from "../src/frame-encoder.ts";
import { BINARY, PING } from "../src/opcode.ts";
import { hex, Sink, wire } from "./support.ts";

function encoder(maskKey: (() => number) | null): { encode: FrameEncoder; sink: Sink } {
  const sink = new Sink();
  return { encode: new FrameEncoder(sink, maskKey), sink };
}

/** The key that `wire("client")` masks with. */
const KEY = () => 0x3d21fa37;

describe.each([
  ["server", null],
  ["client", KEY],
] as const)("a %s's frames (RFC 6455 §5.2, §5.3)", (from, maskKey) => {
  const lengths = [
    ...BOUNDARY_LENGTHS,
    INLINE_BYTES,
    INLINE_BYTES + 1,
    INLINE_ASCII_BYTES,
    INLINE_ASCII_BYTES + 1,
    200_000,
  ];

  it.each(lengths)("carry a text of %d ASCII bytes", (length) => {
    const { encode, sink } = encoder(maskKey);
    encode.text("x".repeat(length));
    expect(sink.flush().equals(wire(from, { opcode: 1, payload: Buffer.alloc(length, "x") }))).toBe(true);
  });

  it.each([
    1, 60, 125, 126, 341, 342, 1365, 1366, 21_845, 21_846, 70_000,
  ])("carry a text of %d characters of three bytes", (length) => {
    const { encode, sink } = encoder(maskKey);
    encode.text("€".repeat(length));
    expect(sink.flush().equals(wire(from, { opcode: 1, payload: Buffer.from("€".repeat(length)) }))).toBe(
      true,
    );
  });

  it.each(lengths)("carry %d bytes", (length) => {
    const payload = Buffer.from(Uint8Array.from({ length }, (_, i) => i * 7));
    const { encode, sink } = encoder(maskKey);
    encode.frame(BINARY, payload);
    encode.frame(BINARY, new Uint8Array(payload));
    const one = wire(from, { opcode: 2, payload });
    expect(sink.flush().equals(Buffer.concat([one, one]))).toBe(true);
  });

  it("are marked with RSV1 when a codec made the payload", () => {
    const { encode, sink } = encoder(maskKey);
    encode.frame(BINARY, hex("0102"), true);
    expect(sink.flush()).toEqual(wire(from, { opcode: 2, rsv: 4, payload: hex("0102") }));
  });

  it("turn lone surrogates into U+FFFD", () => {
    const { encode, sink } = encoder(maskKey);
    encode.text("a\ud800b\udc00");
    expect(sink.flush()).toEqual(wire(from, { opcode: 1, payload: Buffer.from("a\ufffdb\ufffd") }));
  });

  it("leave the given bytes alone", () => {
    const payload = Buffer.alloc(2000, 5);
    const { encode } = encoder(maskKey);
    encode.frame(BINARY, payload);
    expect(payload.equals(Buffer.alloc(2000, 5))).toBe(true);
  });
});

describe("the output", () => {
  it("is one string for a small message, a copy of its bytes", () => {
    const { encode, sink } = encoder(null);
    const bytes = Buffer.alloc(INLINE_BYTES, 1);
    encode.text("x".repeat(INLINE_ASCII_BYTES));
    encode.text("é".repeat(INLINE_BYTES / 2));
    encode.frame(BINARY, bytes);
    bytes.fill(2);
    expect(sink.parts.map((part) => typeof part)).toEqual(["string", "string", "string"]);
    expect(sink.flush().subarray(-INLINE_BYTES).equals(Buffer.alloc(INLINE_BYTES, 1))).toBe(true);
  });

  it("is a header and copies, in strings of bounded length, for a big one", () => {
    const { encode, sink } = encoder(null);
    const bytes = Buffer.alloc(2 * STRING_BYTES + 1, "1");
    encode.frame(BINARY, bytes);
    bytes.fill("2");
    const parts = sink.parts.splice(0) as string[];
    expect(parts[0]).toBe("\x82\x7f\0\0\0\0\0\x03\xc0\x01");
    expect(parts.slice(1).map((part) => part.length)).toEqual([STRING_BYTES, STRING_BYTES, 1]);
    expect(parts.slice(1).join("")).toBe("1".repeat(bytes.length));
  });

  it("is a header and the given string itself for a big ASCII text", () => {
    const { encode, sink } = encoder(null);
    const text = "x".repeat(INLINE_ASCII_BYTES + 1);
    encode.text(text);
    expect(sink.parts).toEqual(["\x81\x7e\x10\x01", text]);
  });

  it("is one string for a client's small message, and one chunk for a big one, since all of it is masked", () => {
    const { encode, sink } = encoder(KEY);
    encode.frame(BINARY, Buffer.alloc(INLINE_BYTES));
    encode.frame(BINARY, Buffer.alloc(INLINE_BYTES + 1));
    expect(sink.parts.map((part) => typeof part)).toEqual(["string", "object"]);
  });

  it("is never the memory that messages are prepared in", () => {
    const { encode, sink } = encoder(KEY);
    encode.text("first");
    encode.frame(BINARY, Buffer.alloc(5000, 1));
    const first = sink.parts.slice();
    encode.text("second");
    encode.frame(BINARY, Buffer.alloc(5000, 2));
    expect(sink.parts.slice(0, 2)).toEqual(first);
    const payloads = [
      Buffer.from("first"),
      Buffer.alloc(5000, 1),
      Buffer.from("second"),
      Buffer.alloc(5000, 2),
    ];
    const frames = payloads.map((payload, i) => ({ opcode: 1 + (i % 2), payload }));
    expect(sink.flush().equals(wire("client", ...frames))).toBe(true);
  });

  it("is masked with a new key for each frame", () => {
    let keys = 0;
    const { encode, sink } = encoder(() => keys++);
    for (let i = 0; i < 3; i++) encode.frame(PING, new Uint8Array());
    expect(sink.flush()).toEqual(hex("898000000000 898001000000 898002000000"));
  });
});

it("asBuffer shares the memory of any Uint8Array", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
  const buffer = asBuffer(bytes);
  expect(buffer).toEqual(Buffer.from([2, 3]));
  bytes[0] = 9;
  expect(buffer[0]).toBe(9);
  expect(asBuffer(buffer)).toBe(buffer);
});
