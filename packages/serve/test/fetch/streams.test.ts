import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { asBytes, readAll, toStream } from "../../src/fetch/streams.ts";

describe("toStream", () => {
  it("asks for a piece when one is wanted, and no earlier", async () => {
    let asked = 0;
    async function* count(): AsyncGenerator<string> {
      for (;;) yield String(++asked);
    }
    const reader = toStream(count()).getReader();
    expect(asked).toBe(0);
    expect(Buffer.from((await reader.read()).value!).toString()).toBe("1");
    expect(asked).toBe(1);
  });

  it("ends the generator when it is cancelled", async () => {
    let ended = 0;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) yield "x";
      } finally {
        ended++;
      }
    }
    const stream = toStream(endless());
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    expect(ended).toBe(1);
  });

  it("fails as the generator fails, after what it gave", async () => {
    async function* broken(): AsyncGenerator<string> {
      yield "x";
      throw new RangeError("no");
    }
    const reader = toStream(broken()).getReader();
    expect((await reader.read()).done).toBe(false);
    await expect(reader.read()).rejects.toThrow(RangeError);
  });

  it("ends the generator that gives what can be no content", async () => {
    let ended = 0;
    async function* wrong(): AsyncGenerator<string> {
      try {
        yield 1 as unknown as string;
      } finally {
        ended++;
      }
    }
    await expect(toStream(wrong()).getReader().read()).rejects.toThrow(TypeError);
    expect(ended).toBe(1);
  });

  it("takes an iterator that cannot be ended early", async () => {
    const once: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ value: "x", done: false }) }),
    };
    await expect(toStream(once).cancel()).resolves.toBeUndefined();
  });
});

describe("asBytes", () => {
  it("takes text and every kind of bytes", () => {
    const { buffer } = new Uint8Array([1, 2, 3]);
    expect([...asBytes("\u00e9")]).toEqual([0xc3, 0xa9]);
    expect([...asBytes(new DataView(buffer, 1, 1))]).toEqual([2]);
    expect([...asBytes(buffer)]).toEqual([1, 2, 3]);
    const bytes = new Uint8Array(1);
    expect(asBytes(bytes)).toBe(bytes);
  });

  it.each([1, null, undefined, {}, []])("refuses %j", (chunk) => {
    expect(() => asBytes(chunk)).toThrow(TypeError);
  });
});

describe("readAll", () => {
  const streamOf = (...chunks: unknown[]): ReadableStream<unknown> =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });

  it("joins text and bytes", async () => {
    expect(Buffer.from(await readAll(streamOf("a\u00e9", new Uint8Array([98]), ""))).toString()).toBe(
      "a\u00e9b",
    );
    expect(await readAll(streamOf())).toHaveLength(0);
  });

  it("fails as the stream does, or at what can be no content, which cancels it", async () => {
    let reason: unknown = null;
    const wrong = new ReadableStream({
      pull: (controller) => controller.enqueue(1),
      cancel: (given) => {
        reason = given;
      },
    });
    await expect(readAll(wrong)).rejects.toThrow(TypeError);
    expect(reason).not.toBeNull();
  });
});
