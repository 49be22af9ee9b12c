import { describe, expect, it } from "vitest";
import {
  type FrameHeader,
  type FrameRules,
  frameRules,
  MAX_HEADER_BYTES,
  parseFrameHeader,
} from "../src/frame-header.ts";
import { hex } from "./support.ts";

const CLIENT_FRAMES: FrameRules = { masked: true, rsv1: false, frameBytes: 2 ** 40 };
const SERVER_FRAMES: FrameRules = { masked: false, rsv1: false, frameBytes: 2 ** 40 };

const blank = (): FrameHeader => ({ fin: false, rsv1: false, opcode: 0, length: 0, maskKey: 0, error: null });

function parse(digits: string, rules: FrameRules): { size: number; header: FrameHeader } {
  const header = blank();
  // Something before and behind, so that reading outside of the range would be seen.
  const bytes = Buffer.concat([hex("ff"), hex(digits), hex("ffffffff")]);
  return { size: parseFrameHeader(bytes, 1, bytes.length - 4, rules, header), header };
}

it("the rules of connections are shared if they are the same", () => {
  const rules = frameRules(true, false, 5);
  expect(rules).toEqual({ masked: true, rsv1: false, frameBytes: 5 });
  expect(frameRules(true, false, 5)).toBe(rules);
  expect(frameRules(false, false, 5)).toEqual({ ...rules, masked: false });
  expect(frameRules(false, true, 5)).toEqual({ masked: false, rsv1: true, frameBytes: 5 });
  expect(frameRules(false, true, 6).frameBytes).toBe(6);
});

describe("a header (RFC 6455 §5.2)", () => {
  it.each([
    ["81 00", { fin: true, opcode: 1, length: 0 }],
    ["02 7d", { fin: false, opcode: 2, length: 125 }],
    ["80 7e 007e", { fin: true, opcode: 0, length: 126 }],
    ["82 7e 007f", { fin: true, opcode: 2, length: 127 }],
    ["82 7e ffff", { fin: true, opcode: 2, length: 65535 }],
    ["82 7f 0000000000010000", { fin: true, opcode: 2, length: 65536 }],
    ["82 7f 00000000ffffffff", { fin: true, opcode: 2, length: 2 ** 32 - 1 }],
    ["82 7f 0000000100000001", { fin: true, opcode: 2, length: 2 ** 32 + 1 }],
    ["88 02", { fin: true, opcode: 8, length: 2 }],
    ["89 7d", { fin: true, opcode: 9, length: 125 }],
    ["8a 00", { fin: true, opcode: 10, length: 0 }],
  ])("%s is read from a server, and with a mask bit and a key from a client", (digits, expected) => {
    const { size, header } = parse(digits, SERVER_FRAMES);
    expect(header).toEqual({ ...blank(), ...expected });
    expect(size).toBe(hex(digits).length);

    const bytes = hex(digits);
    bytes[1]! |= 0x80;
    const fromClient = parse(`${bytes.toString("hex")}01020384`, CLIENT_FRAMES);
    expect(fromClient.header).toEqual({ ...blank(), ...expected, maskKey: 0x84030201 });
    expect(fromClient.size).toBe(size + 4);
    expect(fromClient.size).toBeLessThanOrEqual(MAX_HEADER_BYTES);

    for (let length = 0; length < size + 4; length++) {
      const part = Buffer.concat([bytes, hex("01020384")]).subarray(0, length);
      expect(parse(part.toString("hex"), CLIENT_FRAMES)).toEqual({ size: 0, header: blank() });
    }
  });
});

// (A table of the same form stands in `serve`'s request-url.test.ts. The rows have nothing else in common.)
describe("a header is refused as early as possible", () => {
  it.each([
    ["reserved bit 3", "91 00", "RESERVED_BITS"],
    ["reserved bit 2", "a1 00", "RESERVED_BITS"],
    ["reserved bit 1 without a codec", "c1 00", "RESERVED_BITS"],
    ["reserved data opcode", "83 00", "RESERVED_OPCODE"],
    ["last reserved data opcode", "87 00", "RESERVED_OPCODE"],
    ["reserved control opcode", "8b 00", "RESERVED_OPCODE"],
    ["last reserved control opcode", "8f 00", "RESERVED_OPCODE"],
    ["fragmented Close", "08 00", "CONTROL_FRAGMENTED"],
    ["fragmented ping", "09 00", "CONTROL_FRAGMENTED"],
    ["control frame of 126 bytes", "89 7e", "CONTROL_TOO_LONG"],
    ["control frame with a 64-bit length", "8a 7f", "CONTROL_TOO_LONG"],
    ["masked frame from a server", "81 80", "MASK_FORBIDDEN"],
    ["16-bit length of 125", "82 7e 007d", "LENGTH_NOT_MINIMAL"],
    ["16-bit length of 0", "82 7e 0000", "LENGTH_NOT_MINIMAL"],
    ["64-bit length of 65535", "82 7f 000000000000ffff", "LENGTH_NOT_MINIMAL"],
    ["64-bit length of 0", "82 7f 0000000000000000", "LENGTH_NOT_MINIMAL"],
    ["highest bit of a length", "82 7f 8000000000000000", "LENGTH_HIGH_BIT"],
    ["all bits of a length", "82 7f ffffffffffffffff", "LENGTH_HIGH_BIT"],
    ["length of 2^53 + 1", "82 7f 0020000000000001", "FRAME_TOO_BIG"],
    ["length of 2^63 - 1", "82 7f 7fffffffffffffff", "FRAME_TOO_BIG"],
  ])("%s", (_name, digits, error) => {
    const { size, header } = parse(digits, SERVER_FRAMES);
    expect(size).toBe(-1);
    expect(header.error).toBe(error);
  });

  it("unmasked frame from a client", () => {
    expect(parse("81 00", CLIENT_FRAMES)).toMatchObject({ size: -1, header: { error: "MASK_MISSING" } });
  });

  it("a length over the limit, before the key has come", () => {
    const rules = { ...CLIENT_FRAMES, frameBytes: 200 };
    expect(parse("82 fe 00c8", rules).size).toBe(0);
    expect(parse("82 fe 00c9", rules)).toMatchObject({ size: -1, header: { error: "FRAME_TOO_BIG" } });
  });

  it("but not a control frame, whatever the limit: it is part of the protocol, not of a message", () => {
    expect(parse("89 05", { ...SERVER_FRAMES, frameBytes: 0 }).size).toBe(2);
  });
});

describe("RSV1 with a codec (RFC 7692 §6)", () => {
  const rules = { ...SERVER_FRAMES, rsv1: true };

  it.each(["c1 00", "c2 00", "41 00"])("marks the message that begins with %s", (digits) => {
    expect(parse(digits, rules)).toMatchObject({ size: 2, header: { rsv1: true, error: null } });
  });

  it.each(["c0 00", "c8 00", "c9 00", "ca 00", "d1 00", "e1 00", "c3 00"])("is refused on %s", (digits) => {
    expect(parse(digits, rules)).toMatchObject({ size: -1, header: { error: "RESERVED_BITS" } });
  });

  it("may be absent", () => {
    expect(parse("81 00", rules)).toMatchObject({ size: 2, header: { rsv1: false } });
  });
});
