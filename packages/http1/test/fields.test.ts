import { describe, expect, it } from "vitest";
import { UsageError } from "../src/errors.ts";
import { FieldBlock, Fields, noFields, parseFields } from "../src/fields.ts";

describe("received fields", () => {
  const text = "xxAccept: a\r\nCookie:\t b=c \r\nACCEPT:d\r\nEmpty:\r\nX: a:b\r\nyy";
  const fields = new Fields(text, 2, text.length - 2);

  it("are a list in their order, with their letters", () => {
    expect(fields.list).toEqual(["Accept", "a", "Cookie", "b=c", "ACCEPT", "d", "Empty", "", "X", "a:b"]);
    expect(fields.list).toBe(fields.list);
  });

  it("are found by name in any case, and joined", () => {
    expect(fields.get("accept")).toBe("a, d");
    expect(fields.get("EMPTY")).toBe("");
    expect(fields.get("x")).toBe("a:b");
    expect(fields.get("accep")).toBe(null);
    expect(noFields.get("x")).toBe(null);
  });

  it("are nothing but field lines", () => {
    expect(parseFields("A: b\r\n")!.list).toEqual(["A", "b"]);
    expect(parseFields("")!.list).toEqual([]);
    expect(parseFields("A: b\r\n\r\n")).toBe(null);
    expect(parseFields("A b: c\r\n")).toBe(null);
  });
});

describe("FieldBlock", () => {
  it("writes its fields", () => {
    const block = new FieldBlock(["X", "", "Set-Cookie", "a", "set-cookie", "b"]);
    expect(block.text).toBe("X: \r\nSet-Cookie: a\r\nset-cookie: b\r\n");
    expect(block).toMatchObject({ contentLength: null, close: false, hasDate: false });
  });

  it("comes behind another one, and keeps its properties", () => {
    const base = new FieldBlock(["X", "1", "Content-Length", "5", "Connection", "close", "Date", "x"]);
    const block = new FieldBlock(["Set-Cookie", "a"], base);
    expect(block.text).toBe("X: 1\r\nDate: x\r\nSet-Cookie: a\r\n");
    expect(block).toMatchObject({ contentLength: 5, close: true, hasDate: true, upgradeUnlisted: false });
    expect(base.text).toBe("X: 1\r\nDate: x\r\n");
    expect(new FieldBlock([], new FieldBlock(["Upgrade", "x"])).upgradeUnlisted).toBe(true);
    const listed = new FieldBlock(["Upgrade", "x"], new FieldBlock(["Connection", "upgrade"]));
    expect(listed).toMatchObject({ upgrade: "x", upgradeUnlisted: false });
    expect(() => new FieldBlock(["content-length", "5"], base)).toThrow(UsageError);
  });

  it("names the field without a value, and the type of a value that is no string", () => {
    expect(() => new FieldBlock(["X-A"])).toThrow(new UsageError("The field X-A has no value"));
    const number = ["X-A", 5] as unknown as string[];
    expect(() => new FieldBlock(number)).toThrow(
      new UsageError("The value of the field X-A must be a string, not number"),
    );
  });

  it("removes the options that the connection sends itself", () => {
    const block = new FieldBlock([
      "CONTENT-LENGTH",
      "012",
      "connection",
      "Close",
      "DATE",
      "x",
      "Connection",
      "keep-alive",
    ]);
    expect(block.text).toBe("DATE: x\r\n");
    expect(block).toMatchObject({ contentLength: 12, close: true, hasDate: true });
  });

  it("leaves other connection options", () => {
    expect(new FieldBlock(["Connection", "Upgrade, X"]).text).toBe("Connection: Upgrade, X\r\n");
    const mixed = new FieldBlock(["Connection", "close, Upgrade"]);
    expect([mixed.text, mixed.close]).toEqual(["Connection: upgrade\r\n", true]);
  });

  it.each([
    [["a"]],
    [["", "b"]],
    [["a b", "c"]],
    [["a", "b\r\nc: d"]],
    [["a", "\u0100"]],
    [["Transfer-Encoding", "chunked"]],
    [["Content-Length", ""]],
    [["Content-Length", "-1"]],
    [["Content-Length", "1, 1"]],
    [["Content-Length", "1", "Content-Length", "1"]],
    [["Content-Length", "9007199254740992"]],
  ])("refuses %j", (list) => expect(() => new FieldBlock(list)).toThrow(UsageError));
});
