import { describe, expect, it } from "vitest";
import { fromReply } from "../../src/redis/replies.ts";

const own = (value: unknown): [prototype: unknown, entries: [string, unknown][]] => [
  Object.getPrototypeOf(value),
  Object.entries(value as object),
];

describe("a reply", () => {
  it("of fields is an object without a prototype, in which any name is a field", () => {
    const fields = new Map([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["a", "3"],
    ]);
    expect(own(fromReply(fields, 0))).toEqual([null, [...fields]]);
  });

  it("may have such objects at any depth", () => {
    const inner = new Map([["__proto__", "1"]]);
    const reply = fromReply([1, new Map<unknown, unknown>([[2, ["x", inner]]]), null, Buffer.from("b")], 0);
    const [number, outer, nothing, bytes] = reply as [number, Record<string, unknown[]>, null, Buffer];
    expect([number, nothing, String(bytes)]).toEqual([1, null, "b"]);
    expect(Object.getPrototypeOf(outer)).toBe(null);
    expect(outer["2"]![0]).toBe("x");
    expect(own(outer["2"]![1])).toEqual([null, [["__proto__", "1"]]]);
  });

  it("may have errors in an array, which are Bun's", () => {
    class SimpleError extends Error {}
    const [first, error] = fromReply(["ok", new SimpleError("ERR my")], 0) as [string, Error];
    expect(first).toBe("ok");
    expect(error).toMatchObject({ name: "RedisError", code: "ERR_REDIS_SERVER_ERROR", message: "ERR my" });
  });
});
