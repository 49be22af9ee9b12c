import { describe, expect, it } from "vitest";
import { frame, frameLength, opcodes, readFrame } from "../../src/load/frames.ts";

const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

describe("frame", () => {
  it("writes the RFC's own examples (RFC 6455, section 5.7)", () => {
    const hello = { opcode: opcodes.text, compressed: false, payload: Buffer.from("Hello") };
    expect(frame(hello).toString("hex")).toBe("810548656c6c6f");
    expect(frame(hello, mask).toString("hex")).toBe("818537fa213d7f9f4d5158");
    const binary = (length: number): Buffer => {
      return frame({ opcode: opcodes.binary, compressed: false, payload: Buffer.alloc(length) });
    };
    expect(binary(256).subarray(0, 4).toString("hex")).toBe("827e0100");
    expect(binary(65_536).subarray(0, 10).toString("hex")).toBe("827f0000000000010000");
  });

  it("marks a compressed message by RSV1 (RFC 7692, section 7.2.3.1)", () => {
    const payload = Buffer.from("f248cdc9c90700", "hex");
    const bytes = frame({ opcode: opcodes.text, compressed: true, payload });
    expect(bytes.toString("hex")).toBe("c107f248cdc9c90700");
  });

  it("is read back, for each form of the length, masked or not", () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
      const payload = Buffer.from(Array.from({ length }, (_, at) => at % 251));
      for (const compressed of [false, true]) {
        for (const key of [undefined, mask]) {
          const bytes = frame({ opcode: opcodes.binary, compressed, payload }, key);
          const followed = Buffer.concat([bytes, Buffer.from("trailing")]);
          expect(frameLength(followed)).toBe(bytes.length);
          const read = readFrame(followed);
          expect([read.opcode, read.compressed]).toEqual([opcodes.binary, compressed]);
          expect(read.payload.equals(payload), `${length} bytes`).toBe(true);
        }
      }
    }
  });
});

describe("frameLength", () => {
  it("is unknown until the header is there", () => {
    const bytes = frame({ opcode: opcodes.text, compressed: false, payload: Buffer.alloc(70_000) });
    for (let length = 0; length < 10; length++) {
      expect(frameLength(bytes.subarray(0, length)), `${length}`).toBeUndefined();
    }
    expect(frameLength(bytes.subarray(0, 10))).toBe(70_010);
  });
});

describe("readFrame", () => {
  it("refuses what is cut off or is not a whole message", () => {
    expect(() => readFrame(Buffer.from("81054865", "hex"))).toThrow("cut off");
    for (const first of ["01", "80", "88", "91", "a1"]) {
      expect(() => readFrame(Buffer.from(`${first}00`, "hex")), first).toThrow("not a whole message");
    }
  });
});
