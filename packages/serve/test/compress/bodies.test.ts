import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, ENCODINGS } from "../support/decode.ts";
import { runs } from "../support/runs.ts";
import { start } from "../support/servers.ts";
import { streamOf } from "../support/stream-of.ts";

captureErrors();

const HTML = { "Content-Type": "text/html" };
const TEXT = "Steam for twelve minutes. ".repeat(200);

describe("a body", () => {
  const body = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.string({ maxLength: 30 }), fc.nat(3000))
        .map(([text, times]) => Buffer.from(text.repeat(times))),
    ),
    { maxLength: 8 },
  );

  it("is the same after decoding, whatever it is and however it comes", async () => {
    let plan: { chunks: Uint8Array[]; waits: boolean; whole: boolean } = {
      chunks: [],
      waits: false,
      whole: false,
    };
    const server = start({
      compress: { threshold: 100 },
      fetch: () => {
        const { chunks, waits, whole } = plan;
        if (whole) return new Response(Buffer.concat(chunks), { headers: HTML });
        const next = async (n: number) => {
          if (waits) await new Promise((resolve) => setImmediate(resolve));
          return chunks[n] ?? null;
        };
        return new Response(streamOf(next), { headers: HTML });
      },
    });
    const client = connect(server);
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(...ENCODINGS, "identity", "deflate"),
        async (chunks, waits, whole, encoding) => {
          plan = { chunks, waits, whole };
          client.write(request("GET /", [`Accept-Encoding: ${encoding}`]));
          const response = await client.response();
          expect(response.status).toBe(200);
          expect([undefined, encoding]).toContain(response.headers["content-encoding"]);
          expect(decode(response).equals(Buffer.concat(chunks))).toBe(true);
        },
      ),
      runs(400),
    );
  });

  it("is what fetch reads", async () => {
    const server = start({
      compress: true,
      routes: { "/static": new Response(TEXT) },
      fetch: () =>
        new Response(
          streamOf(async (n) => (n < 3 ? TEXT : null)),
          { headers: HTML },
        ),
    });
    expect(await (await fetch(new URL("/static", server.url))).text()).toBe(TEXT);
    const response = await fetch(server.url);
    expect(response.headers.get("content-encoding")).not.toBe(null);
    expect(await response.text()).toBe(TEXT.repeat(3));
  });
});
