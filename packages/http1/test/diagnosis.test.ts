import { describe, expect, it } from "vitest";
import { diagnoseLines } from "../src/diagnosis.ts";
import { requestLineError } from "../src/parse-request.ts";

describe("diagnoseLines", () => {
  it("finds nothing in valid lines, nor in half of one", () => {
    expect(diagnoseLines("GET / HTTP/1.1\r\nA: b\r\n\x00", 0, 23, requestLineError)).toBe(null);
  });

  it("finds the first thing that is wrong, within its bounds", () => {
    const text = "GET / HTTP/1.1\r\nA: b\r\nC d\r\n: e\r\n";
    expect(diagnoseLines(text, 0, text.length, requestLineError)!.code).toBe("FIELD_COLON_MISSING");
    expect(diagnoseLines(text, 0, 22, requestLineError)).toBe(null);
    expect(diagnoseLines(text, 1, text.length, requestLineError)!.code).toBe("FIELD_COLON_MISSING");
  });
});
