import { expect, it } from "vitest";
import { isControl, isOpcode } from "../src/opcode.ts";

const all = Array.from({ length: 16 }, (_, i) => i);

it("knows the opcodes of RFC 6455 §5.2 and no others", () => {
  expect(all.filter(isOpcode)).toEqual([0x0, 0x1, 0x2, 0x8, 0x9, 0xa]);
});

it("takes the upper half for control opcodes, the reserved ones too (§5.5)", () => {
  expect(all.filter(isControl)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
});
