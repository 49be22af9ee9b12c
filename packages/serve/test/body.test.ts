import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body, type BodyInput, extractBody } from "../src/body.ts";

// What the standard says of bodies is in conformance/fetch-body*.test.ts.

describe("extractBody", () => {
  it("knows which bodies can be sent at once", () => {
    const atOnce: [BodyInput, boolean][] = [
      ["x", true],
      [new Uint8Array(1), true],
      [new ArrayBuffer(1), true],
      [new URLSearchParams("a=1"), true],
      [null, true],
      [new Blob(["x"]), false],
      [new ReadableStream(), false],
      [new FormData(), false],
    ];
    for (const [input, expected] of atOnce) expect(extractBody(input).body.mustBeRead).toBe(!expected);
  });

  it("has one body for all that have none", () => {
    expect(extractBody(null).body).toBe(extractBody(undefined).body);
    expect(extractBody(null).body.isNull).toBe(true);
  });

  it("takes Node.js's own streams", async () => {
    const { body } = extractBody(
      Readable.from(["a", Buffer.from("b")]) as AsyncIterable<string | Uint8Array>,
    );
    expect(await body.text()).toBe("ab");
  });
});

describe("take", () => {
  it("gives text and bytes as they are held", () => {
    expect(new Body("x").take()).toBe("x");
    const bytes = new Uint8Array(1);
    expect(new Body(bytes).take()).toBe(bytes);
    expect(new Body(null).take()).toBeNull();
  });

  it("gives the stream that somebody has seen", () => {
    const body = new Body("x");
    const { stream } = body;
    expect(body.take()).toBe(stream);
  });

  it("uses the body up", async () => {
    const body = new Body("x");
    body.take();
    expect(body.used).toBe(true);
    expect(() => body.take()).toThrow(TypeError);
    await expect(body.text()).rejects.toThrow(TypeError);
    expect(() => body.clone()).toThrow(TypeError);
    expect(body.stream!.locked).toBe(true);
  });
});

describe("clone", () => {
  it("keeps text and bytes what they are", () => {
    expect(new Body("x").clone().mustBeRead).toBe(false);
    expect(new Body(new Uint8Array(1)).clone().mustBeRead).toBe(false);
  });
});

describe("a stream that fails", () => {
  it("is cancelled when it gives something else than bytes", async () => {
    let reason: unknown = null;
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(1),
      cancel: (given) => {
        reason = given;
      },
    });
    const error: unknown = await new Body(null, stream).text().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(reason).toBe(error);
  });
});

describe("any bytes", () => {
  it("become the text that the platform makes of them", async () => {
    const decoder = new TextDecoder();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ max: 255, maxLength: 40 }), async (bytes) => {
        expect(await new Body(bytes).text()).toBe(decoder.decode(bytes));
        expect(await new Body(null, new Blob([bytes]).stream() as ReadableStream<Uint8Array>).text()).toBe(
          decoder.decode(bytes),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("and any text the bytes", async () => {
    const encoder = new TextEncoder();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.constantFrom("", "\ud800", "\udc00", "\ufeff"),
        async (text, more) => {
          expect(await new Body(text + more).bytes()).toEqual(encoder.encode(text + more));
        },
      ),
      { numRuns: 300 },
    );
  });
});
