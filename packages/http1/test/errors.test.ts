import { describe, expect, it } from "vitest";
import { ERRORS, type ErrorCode, ProtocolError, UsageError } from "../src/errors.ts";
import { reasonPhrases } from "../src/status-line.ts";

const rows = Object.entries(ERRORS) as [ErrorCode, (typeof ERRORS)[ErrorCode]][];

describe("rejections", () => {
  it.each(rows)("%s names a status, a message and a section", (code, { status, message, rfc }) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(reasonPhrases[status]).toBeDefined();
    expect(message).toMatch(/^[A-Z].*[^.]$/);
    expect(rfc).toMatch(/^RFC \d{4} §\d+(\.\d+)*$/);
    const error = new ProtocolError(code);
    expect(error).toMatchObject({ name: "ProtocolError", code, status, rfc, message: `${message} (${rfc})` });
    expect(error).toBeInstanceOf(Error);
  });

  it("have different messages", () => {
    expect(new Set(rows.map(([, { message }]) => message)).size).toBe(rows.length);
  });
});

it("a UsageError is no ProtocolError", () => {
  const error = new UsageError("x");
  expect(error).toMatchObject({ name: "UsageError", message: "x" });
  expect(error).not.toBeInstanceOf(ProtocolError);
});
