import { describe, expect, it } from "vitest";
import { ClientError, FAILURES, type FailureCode } from "../../src/client/errors.ts";

describe("FAILURES", () => {
  it.each(Object.keys(FAILURES) as FailureCode[])("%s is a row and an error", (code) => {
    const error = new ClientError(code);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name: "WebSocketClientError", ...FAILURES[code] });
    expect(error.message).toMatch(/^[a-z]/);
    expect("cause" in error).toBe(false);
  });

  it("can say more, and why", () => {
    const cause = new Error("why");
    const error = new ClientError("ANSWER_REFUSED", "the status is 404", cause);
    expect(error.message).toBe(`${FAILURES.ANSWER_REFUSED.message}: the status is 404`);
    expect(error.cause).toBe(cause);
  });
});
