import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asBuffer, decodeText } from "../../src/fetch/bytes.ts";

describe("bytes", () => {
  it("are the same memory as a Buffer", () => {
    const memory = Uint8Array.of(1, 2, 3, 4);
    const part = asBuffer(memory.subarray(1, 3));
    expect([...part]).toEqual([2, 3]);
    part[0] = 9;
    expect(memory[1]).toBe(9);
    const buffer = Buffer.from("x");
    expect(asBuffer(buffer)).toBe(buffer);
  });

  it("become the text that the platform makes of them", () => {
    const mark = fc.constantFrom("", "\ufeff", "\ufeff\ufeff");
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(mark, fc.string({ unit: "binary" }))
        .map(([first, rest]) => new TextEncoder().encode(first + rest)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        expect(decodeText(given)).toBe(new TextDecoder().decode(given));
      }),
    );
  });
});
