import { describe, expect, it } from "vitest";
import { encodeClosePayload, isCloseCode, parseClosePayload } from "../src/close.ts";
import { hex } from "./support.ts";

describe("isCloseCode (RFC 6455 §7.4)", () => {
  it("accepts exactly the codes of the RFC, the IANA registry and applications", () => {
    const accepted = Array.from({ length: 65536 }, (_, code) => code).filter(isCloseCode);
    const assigned = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    expect(accepted).toEqual([...assigned, ...Array.from({ length: 2000 }, (_, i) => 3000 + i)]);
  });

  it.each([1000.5, Number.NaN, -1000, Number.POSITIVE_INFINITY])("refuses %d", (code) => {
    expect(isCloseCode(code)).toBe(false);
  });
});

describe("parseClosePayload (§5.5.1)", () => {
  it("reads a code, and a reason", () => {
    expect(parseClosePayload(hex("03e8"))).toEqual({ code: 1000, reason: "" });
    expect(parseClosePayload(hex("1387 e282ac"))).toEqual({ code: 4999, reason: "€" });
  });

  it("reads nothing as 1005 (§7.1.5)", () => {
    expect(parseClosePayload(hex(""))).toEqual({ code: 1005, reason: "" });
  });

  it.each([
    ["03", "CLOSE_PAYLOAD"],
    ["03ed", "CLOSE_CODE"],
    ["03ed ff", "CLOSE_CODE"],
    ["03e8 c3", "CLOSE_REASON_UTF8"],
    ["03e8 eda080", "CLOSE_REASON_UTF8"],
  ])("refuses %s as %s", (payload, error) => {
    expect(parseClosePayload(hex(payload))).toBe(error);
  });
});

describe("encodeClosePayload", () => {
  it("writes what parseClosePayload reads", () => {
    expect(encodeClosePayload(3999, "tschüß")).toEqual(hex("0f9f 74736368c3bcc39f"));
    expect(encodeClosePayload(1000)).toEqual(hex("03e8"));
    expect(encodeClosePayload()).toHaveLength(0);
  });

  it("takes a reason of 123 bytes, counted as UTF-8, and no longer one", () => {
    expect(encodeClosePayload(1000, "€".repeat(41))).toHaveLength(125);
    expect(() => encodeClosePayload(1000, `${"€".repeat(41)}.`)).toThrow(/at most 123 bytes/);
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5])("refuses the code %d", (code) => {
    expect(() => encodeClosePayload(code)).toThrow(RangeError);
  });

  it("refuses a reason without a code", () => {
    expect(() => encodeClosePayload(undefined, "why")).toThrow(/needs a close code/);
  });
});
