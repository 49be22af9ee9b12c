import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { BodyDecoder } from "../src/body-decoder.ts";
import type { Framing } from "../src/events.ts";
import { noFields } from "../src/fields.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { ReceiveBuffer } from "../src/receive-buffer.ts";

function setup(
  framing: Framing,
  length = 0,
): {
  body: BodyDecoder;
  read: (text: string) => string[];
  buffer: ReceiveBuffer;
} {
  const body = new BodyDecoder(DEFAULT_LIMITS);
  const buffer = new ReceiveBuffer();
  body.begin(framing, length);
  const read = (text: string): string[] => {
    buffer.push(Buffer.from(text, "latin1"), 0, text.length);
    const pieces: string[] = [];
    for (let bytes = body.decode(buffer); bytes !== null; bytes = body.decode(buffer))
      pieces.push(bytes.toString());
    return pieces;
  };
  return { body, read, buffer };
}

describe("content of a known length", () => {
  it("is passed on as it comes, and ends where its head declares", () => {
    const { body, read, buffer } = setup("length", 5);
    expect(body.done).toBe(false);
    expect(read("he")).toEqual(["he"]);
    expect(read("")).toEqual([]);
    expect(body.done).toBe(false);
    expect(read("lloNEXT")).toEqual(["llo"]);
    expect(body.done).toBe(true);
    expect(buffer.takeText(buffer.length)).toBe("NEXT");
    expect(body.trailers).toBe(noFields);
  });

  it("of nothing is done at once", () => {
    const { body, read, buffer } = setup("none");
    expect(body.done).toBe(true);
    expect(read("NEXT")).toEqual([]);
    expect(buffer.length).toBe(4);
  });
});

it("chunked content ends behind its trailers", () => {
  const { body, read, buffer } = setup("chunked");
  expect(read("1\r\nx\r\n0\r\nA: b")).toEqual(["x"]);
  expect(body.done).toBe(false);
  expect(read("\r\n\r\nNEXT")).toEqual([]);
  expect(body.done).toBe(true);
  expect(body.trailers.list).toEqual(["A", "b"]);
  expect(buffer.length).toBe(4);
});

it("begins anew with each message", () => {
  const { body, read } = setup("chunked");
  read("0\r\nA: b\r\n\r\n");
  body.begin("length", 2);
  expect(body.done).toBe(false);
  expect(body.trailers).toBe(noFields);
  expect(read("hi")).toEqual(["hi"]);
  body.begin("chunked", 0);
  expect(body.done).toBe(false);
  expect(read("0\r\n\r\n")).toEqual([]);
  expect(body.done).toBe(true);
});
