import { describe, expect, it } from "vitest";
import { isCloseCode, MAX_REASON_BYTES } from "../src/close.ts";
import { ERRORS, type ErrorCode, WebSocketError } from "../src/errors.ts";

const codes = Object.keys(ERRORS) as ErrorCode[];

describe.each(codes)("%s", (code) => {
  it("fits into a Close frame", () => {
    expect(isCloseCode(ERRORS[code].closeCode)).toBe(true);
    expect(Buffer.byteLength(ERRORS[code].message)).toBeLessThanOrEqual(MAX_REASON_BYTES);
    expect(ERRORS[code].rfc).toMatch(/^RFC \d+ §/);
  });
});

it("has a message of its own for each reason", () => {
  expect(new Set(codes.map((code) => ERRORS[code].message)).size).toBe(codes.length);
});

it("makes an Error of a row", () => {
  const error = new WebSocketError("TEXT_UTF8");
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "WebSocketError", code: "TEXT_UTF8", ...ERRORS.TEXT_UTF8 });
});
