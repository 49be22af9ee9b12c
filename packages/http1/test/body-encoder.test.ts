import { describe, expect, it } from "vitest";
import { BodyEncoder } from "../src/body-encoder.ts";
import { UsageError } from "../src/errors.ts";
import type { Framing } from "../src/events.ts";
import { trailerBlock } from "../src/trailers.ts";
import { Recorder } from "./support/recorder.ts";

function encode(
  framing: Framing,
  length: number,
  chunks: (string | Uint8Array)[],
  trailers?: string[],
): string {
  const output = new Recorder();
  const body = new BodyEncoder(output);
  body.begin(framing, length);
  for (const chunk of chunks) body.write(chunk);
  body.end(trailers === undefined ? null : trailerBlock(trailers));
  return output.written;
}

const chunks = ["a", "", "\u00e9", Uint8Array.of(0xff), new Uint8Array(0), "0123456789abcdef"];

describe("content", () => {
  it.each([
    ["none", 0, ""],
    ["until-close", 0, "a\xc3\xa9\xff0123456789abcdef"],
    ["length", 20, "a\xc3\xa9\xff0123456789abcdef"],
    ["chunked", 0, "1\r\na\r\n2\r\n\xc3\xa9\r\n1\r\n\xff\r\n10\r\n0123456789abcdef\r\n0\r\nT: 1\r\n\r\n"],
  ] as const)("framed by %s", (framing, length, text) => {
    expect(encode(framing, length, chunks, ["T", "1"])).toBe(text);
  });

  it("that is too long is refused, and content that fits is still taken", () => {
    const output = new Recorder();
    const body = new BodyEncoder(output);
    body.begin("length", 3);
    expect(() => body.write("\u00e9\u00e9")).toThrow("by 1 bytes");
    expect(output.written).toBe("");
    body.write("\u00e9x");
    expect(() => body.write("x")).toThrow(UsageError);
    body.write("");
    body.end(null);
    expect(output.written).toBe("\xc3\xa9x");
  });

  it("that is too short is refused at its end", () => {
    expect(() => encode("length", 3, ["ab"])).toThrow("by 1 bytes");
  });
});
