import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../../src/fetch/body.ts";
import { type BodyInput, extractBody } from "../../src/fetch/extract-body.ts";
import { FORM_FIELDS } from "../../src/fetch/multipart.ts";
import { BodyReceiver } from "../../src/http/body-receiver.ts";
import { IncomingBody } from "../../src/http/request-body.ts";
import { ReadPauser } from "../../src/socket/read-pauser.ts";
import type { Transport } from "../../src/socket/transport.ts";
import { runs } from "../support/runs.ts";

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

  it.each([
    ["an ArrayBuffer", (buffer: ArrayBuffer) => buffer],
    ["a Uint8Array", (buffer: ArrayBuffer) => new Uint8Array(buffer)],
    ["a DataView", (buffer: ArrayBuffer) => new DataView(buffer)],
  ])("finds no bytes in %s that has been transferred", async (_, make) => {
    const buffer = new ArrayBuffer(8);
    const input = make(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(await extractBody(input).body.bytes()).toEqual(new Uint8Array(0));
    const stream = new ReadableStream({
      start(controller): void {
        controller.enqueue(input);
        controller.enqueue("x");
        controller.close();
      },
    });
    expect(await extractBody(stream).body.text()).toBe("x");
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
    // As in Bun.
    const error = expect.objectContaining({ name: "TypeError", code: "ERR_BODY_ALREADY_USED" });
    expect(() => body.take()).toThrow(error);
    await expect(body.text()).rejects.toEqual(error);
    expect(() => body.clone()).toThrow(error);
    expect(body.stream!.locked).toBe(true);
  });
});

type Reader = ReadableStreamDefaultReader<Uint8Array>;

describe("clone", () => {
  it("gives each branch chunks of its own", async () => {
    for (const chunk of [Buffer.from("abc"), new Uint8Array([97, 98, 99])]) {
      const body = new Body(
        null,
        new ReadableStream({
          start(c) {
            c.enqueue(chunk);
            c.close();
          },
        }),
      );
      const [mine, theirs] = [body, body.clone()].map(({ stream }) => stream!.getReader()) as [
        Reader,
        Reader,
      ];
      const first = (await mine.read()).value!;
      first.fill(0);
      const second = (await theirs.read()).value!;
      expect(Buffer.from(second).toString()).toBe("abc");
      expect(second.buffer).not.toBe(first.buffer);
      expect(second.byteLength).toBe(second.buffer.byteLength);
      expect([(await mine.read()).done, (await theirs.read()).done]).toEqual([true, true]);
    }
  });

  it("fails in both branches as the stream does, and cancels it when both are cancelled", async () => {
    const failing = new Body(null, new ReadableStream({ pull: (c) => c.error(new RangeError("no")) }));
    const copy = failing.clone();
    await expect(failing.text()).rejects.toThrow(RangeError);
    await expect(copy.text()).rejects.toThrow(RangeError);
    let cancelled = 0;
    const endless = new Body(
      null,
      new ReadableStream({
        pull: (c) => c.enqueue(new Uint8Array(1)),
        cancel: () => void cancelled++,
      }),
    );
    const other = endless.clone().stream!.getReader();
    await other.read();
    const first = endless.stream!.cancel("a");
    await other.read();
    expect(cancelled).toBe(0);
    await Promise.all([first, other.cancel("b")]);
    expect(cancelled).toBe(1);
    const third = new Body(null, new ReadableStream({ cancel: () => void cancelled++ }));
    await Promise.all([third.clone().stream!.cancel("a"), third.stream!.cancel("b")]);
    expect(cancelled).toBe(2);
  });

  it("keeps text and bytes what they are", () => {
    expect(new Body("x").clone().mustBeRead).toBe(false);
    expect(new Body(new Uint8Array(1)).clone().mustBeRead).toBe(false);
  });
});

describe("the stream of what is being read", () => {
  it("does not take the body from its reader", async () => {
    const receiver = new BodyReceiver(new ReadPauser({ pause() {}, resume() {} } as Transport), () => {});
    const incoming = new IncomingBody(6, receiver);
    const body = new Body(incoming);
    const text = body.text();
    incoming.push(Buffer.from("abc"));
    expect(body.stream!.locked).toBe(true);
    incoming.push(Buffer.from("def"));
    incoming.end();
    expect(await text).toBe("abcdef");
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
      runs(300),
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
      runs(300),
    );
  });
});

it("a form of too many fields is refused, of either type", async () => {
  const type = "application/x-www-form-urlencoded";
  const form = await new Body("a=b&".repeat(FORM_FIELDS - 1)).formData(type);
  expect([...form].length).toBe(FORM_FIELDS - 1);
  await expect(new Body("a=b&".repeat(FORM_FIELDS)).formData(type)).rejects.toThrow(TypeError);
  await expect(new Body("&".repeat(FORM_FIELDS)).formData(`${type};charset=utf-8`)).rejects.toThrow(
    /more than 10000 fields/,
  );
  const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n';
  const multipart = (parts: number): Promise<FormData> =>
    new Body(`${part.repeat(parts)}--b--`).formData("multipart/form-data; boundary=b");
  expect([...(await multipart(FORM_FIELDS))].length).toBe(FORM_FIELDS);
  await expect(multipart(FORM_FIELDS + 1)).rejects.toThrow(/too many parts/);
});
