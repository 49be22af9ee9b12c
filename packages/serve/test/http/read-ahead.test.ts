import { describe, expect, it } from "vitest";
import type { BodyInit } from "../../src/api/fetch.ts";
import { platform } from "../../src/fetch/platform.ts";
import { onlyChunk } from "../../src/http/read-ahead.ts";

type Controller = ReadableStreamDefaultController<Uint8Array>;

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

async function only(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const chunk = await onlyChunk(stream, stream.getReader().read());
  return chunk === null ? null : Buffer.from(chunk).toString();
}

/** It gives what `start` puts into it, and then nothing more. */
function stream(start: (controller: Controller) => void): ReadableStream<Uint8Array> {
  return new ReadableStream({ start }, { highWaterMark: 0 });
}

describe("the only chunk of a stream", () => {
  it.each<[what: string, make: () => BodyInit, content: string]>([
    ["a text", () => "Bun! é", "Bun! é"],
    ["an empty text", () => "", ""],
    ["bytes", () => Buffer.from("bytes"), "bytes"],
    ["a long text", () => "x".repeat(1_000_000), "x".repeat(1_000_000)],
    ["URLSearchParams", () => new URLSearchParams({ a: "b" }), "a=b"],
  ])("is found in the platform's Response of %s, however old it is", async (_, make, content) => {
    expect(await only(new platform.Response(make()).body!)).toBe(content);
    const older = new platform.Response(make());
    await nextTurn();
    expect(await only(older.body!)).toBe(content);
    const taken = new platform.Response(make()).body!;
    await Promise.resolve();
    expect(await only(taken)).toBe(content);
  });

  it("is found in a stream that has ended", async () => {
    const ended = stream((controller) => {
      controller.enqueue(Buffer.from("a"));
      controller.close();
    });
    expect(await only(ended)).toBe("a");
    expect(await only(stream((controller) => controller.close()))).toBe("");
  });

  it("is not, if there are two, none yet, or not the end", async () => {
    const two = stream((controller) => {
      controller.enqueue(Buffer.from("a"));
      controller.enqueue(Buffer.from("b"));
      controller.close();
    });
    expect(await only(two)).toBeNull();
    expect(await only(stream(() => {}))).toBeNull();
    expect(await only(stream((controller) => controller.enqueue(Buffer.from("a"))))).toBeNull();
  });

  it("is not, if an error is behind it", async () => {
    let fail: (error: Error) => void = () => {};
    const failing = stream((controller) => {
      fail = (error) => controller.error(error);
      controller.enqueue(Buffer.from("a"));
    });
    const first = failing.getReader().read();
    fail(new Error("behind the chunk"));
    expect(await onlyChunk(failing, first)).toBeNull();
  });

  it("is not, if the first read fails: its error is left to the next that awaits the read", async () => {
    const failed = stream((controller) => controller.error(new Error("at once")));
    const first = failed.getReader().read();
    expect(await onlyChunk(failed, first)).toBeNull();
    await expect(first).rejects.toThrow("at once");
  });

  it("must be bytes or text", async () => {
    const of = (chunk: unknown) =>
      stream((controller) => {
        controller.enqueue(chunk as Uint8Array);
        controller.close();
      });
    expect(await only(of("text"))).toBe("text");
    await expect(only(of(5))).rejects.toThrow(TypeError);
  });
});
