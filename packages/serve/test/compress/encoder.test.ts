import { Fields } from "@mantou/http1";
import { describe, expect, it } from "vitest";
import { defaultCompression } from "../../src/compress/default-compression.ts";
import { Encoder } from "../../src/compress/encoder.ts";
import { Response } from "../../src/fetch/response.ts";
import { cacheResponse } from "../../src/http/cached-response.ts";
import { WholeResponse } from "../../src/http/outgoing.ts";
import type { RequestContext } from "../../src/http/request-context.ts";
import { resolveCompress } from "../../src/options/compress-options.ts";

const options = resolveCompress(true)!;

function contextOf(accepted: string): RequestContext {
  const text = `Accept-Encoding: ${accepted}\r\n`;
  return { head: { method: "GET", fields: new Fields(text, 0, text.length) } } as RequestContext;
}

function staticResponse(text: string): WholeResponse {
  return cacheResponse(new Response(text) as unknown as globalThis.Response) as WholeResponse;
}

describe("the forms of a static response", () => {
  it("are made once each, and are there at once afterwards", async () => {
    const encoder = new Encoder(options, false);
    const whole = staticResponse("steam ".repeat(1000));
    const first = encoder.encode(contextOf("gzip"), whole);
    const second = encoder.encode(contextOf("gzip"), whole);
    expect(await first).toBe(await second);
    expect(encoder.encode(contextOf("gzip"), whole)).toBe(await first);
    expect(encoder.encode(contextOf("identity"), whole)).toBe(encoder.encode(contextOf("deflate"), whole));
    expect(await encoder.encode(contextOf("br"), whole)).not.toBe(await first);
  });
});

/** A body that a handler has made. */
function madeOf(body: string | Uint8Array): WholeResponse {
  return new WholeResponse({ status: 200, fields: ["Content-Type", "text/plain"] }, body);
}

describe("a body", () => {
  it.each([
    ["gzip", 64 * 1024 - 1, "at once"],
    ["gzip", 64 * 1024, "in the thread pool"],
    ["br", 1024 * 1024 - 1, "in the thread pool"],
    ["br", 1024 * 1024, "as it is sent"],
  ])("is compressed by %s, with %i bytes %s", async (encoding, size, how) => {
    const encoded = new Encoder(options, false).encode(contextOf(encoding), madeOf(Buffer.alloc(size, "ab")));
    expect(encoded instanceof Promise).toBe(how === "in the thread pool");
    const response = (await encoded)!;
    expect(response.kind).toBe(how === "as it is sent" ? "stream" : "whole");
    if (response.kind === "stream") await response.stream.cancel();
  });
});

describe("a quality above the default", () => {
  it.each([
    ["br", 4, 5],
    ["gzip", 6, 7],
    ["gzip", 6, 9],
    ["br", 4, 11],
  ])("of %s is the thread pool's work at any length", async (encoding, live, level) => {
    const whole = madeOf("steam ".repeat(200));
    const encode = (each: number) =>
      new Encoder(resolveCompress({ level: { [encoding]: each } })!, false).encode(
        contextOf(encoding),
        whole,
      );
    expect(encode(live)).not.toBeInstanceOf(Promise);
    const encoded = encode(level);
    expect(encoded).toBeInstanceOf(Promise);
    expect((await encoded)!.head).not.toBe(whole.head);
  });
});

it("the compression with the defaults is one for all", () => {
  expect(defaultCompression()).toBe(defaultCompression());
  expect(defaultCompression().has("gzip")).toBe(true);
});
