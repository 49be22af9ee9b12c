import { FieldBlock, type OutgoingResponse } from "@mantou/http1";
import { describe, expect, it } from "vitest";
import { FileHead } from "../../src/http/file-head.ts";

const text = ({ fields }: OutgoingResponse): string => (fields instanceof FieldBlock ? fields.text : "");
const TIME = 1_700_000_000;
const SAID = "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n";

describe("the head of a file", () => {
  it("is made once for each time of modification", () => {
    const head = new FileHead(200, "", ["A", "b"]);
    const whole = head.whole(TIME);
    expect(text(whole)).toBe(`A: b\r\n${SAID}Accept-Ranges: bytes\r\n`);
    expect(head.whole(TIME)).toBe(whole);
    expect(head.whole(TIME + 1)).not.toBe(whole);
    expect(text(head.whole(TIME + 1))).toContain("22:13:21");
  });

  it("keeps status and reason, and only a 200 has ranges", () => {
    expect(new FileHead(404, "Nope", []).whole(TIME)).toMatchObject({ status: 404, reason: "Nope" });
    expect(text(new FileHead(404, "", []).whole(TIME))).toBe(SAID);
    expect(new FileHead(200, "Fine", []).ranged(206, TIME, "bytes 0-0/1")).not.toHaveProperty("reason");
  });

  it("says which part follows", () => {
    const part = new FileHead(200, "", ["A", "b"]).ranged(206, TIME, "bytes 0-1/2");
    expect(part.status).toBe(206);
    expect(text(part)).toBe(`A: b\r\n${SAID}Content-Range: bytes 0-1/2\r\nAccept-Ranges: bytes\r\n`);
  });

  it("without content does not describe it (RFC 9110 §15.4.5)", () => {
    const list = [
      "Content-Type",
      "a/b",
      "content-encoding",
      "gzip",
      "Content-Language",
      "en",
      "Content-Location",
      "/x",
    ];
    const head = new FileHead(200, "", [...list, "Content-Security-Policy", "x", "ETag", '"e"', "Vary", "v"]);
    expect(text(head.unsent(304, TIME))).toBe(
      `Content-Location: /x\r\nContent-Security-Policy: x\r\nETag: "e"\r\nVary: v\r\n${SAID}`,
    );
    expect(text(head.unsent(304, null))).not.toContain("Last-Modified");
  });

  it("does not say again that it can be had in ranges, or not", () => {
    const head = new FileHead(200, "", ["accept-ranges", "none"]);
    expect(text(head.whole(TIME))).toBe(`accept-ranges: none\r\n${SAID}`);
    expect(text(head.ranged(206, TIME, "bytes 0-1/2"))).not.toContain("Accept-Ranges");
  });

  it("knows what the application said", () => {
    const head = new FileHead(200, "", ["etag", 'W/"e"', "LAST-MODIFIED", "Tue, 14 Nov 2023 22:13:20 GMT"]);
    expect([head.etag, head.ownLastModified, head.hasContentRange]).toEqual(['W/"e"', TIME, false]);
    expect(text(head.whole(0)).match(/Last-Modified/gi)?.length).toBe(1);
    expect(new FileHead(200, "", ["Last-Modified", "long ago"]).ownLastModified).toBeNull();
    expect(new FileHead(200, "", ["content-range", "x"]).hasContentRange).toBe(true);
  });
});
