import { STATUS_CODES } from "node:http";
import { describe, expect, it } from "vitest";
import { UsageError } from "../src/errors.ts";
import { FieldBlock } from "../src/fields.ts";
import { fieldBlock, hasNoContent } from "../src/outgoing-response.ts";
import { reasonPhrases, statusLine } from "../src/status-line.ts";

describe("the status line", () => {
  it("has the registered phrase, or the given one, or none", () => {
    expect(statusLine(200)).toBe("HTTP/1.1 200 OK\r\n");
    expect(statusLine(200)).toBe("HTTP/1.1 200 OK\r\n");
    expect(statusLine(200, "")).toBe("HTTP/1.1 200 OK\r\n");
    expect(statusLine(200, "Fine")).toBe("HTTP/1.1 200 Fine\r\n");
    expect(statusLine(599)).toBe("HTTP/1.1 599 \r\n");
  });

  it("knows the phrases that Node knows", () => {
    // Out of use since RFC 7538 and RFC 9110, or never registered.
    const { 509: _, ...registered } = STATUS_CODES;
    expect(Object.keys(registered).filter((status) => reasonPhrases[Number(status)] === undefined)).toEqual(
      [],
    );
  });

  it.each([99, 600, 200.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses the status %s", (status) => {
    expect(() => statusLine(status)).toThrow(UsageError);
    expect(() => statusLine(status, "x")).toThrow(UsageError);
  });

  it.each(["\r\n", "a\nb", "\0", "\u20ac"])("refuses the reason %j", (reason) => {
    expect(() => statusLine(200, reason)).toThrow(UsageError);
  });
});

it("fields may be prepared", () => {
  const block = new FieldBlock(["a", "b"]);
  expect(fieldBlock(block)).toBe(block);
  expect(fieldBlock(["a", "b"])).toEqual(block);
  expect(fieldBlock(undefined).text).toBe("");
});

it.each([
  ["GET", 200, false],
  ["GET", 205, false],
  ["GET", 204, true],
  ["GET", 304, true],
  ["GET", 101, true],
  ["HEAD", 200, true],
  ["head", 200, false],
])("%s %i has no content: %s", (method, status, none) => expect(hasNoContent(method, status)).toBe(none));
