import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { CODECS } from "../../src/compress/codecs.ts";
import { compressedStream, type PieceSource } from "../../src/compress/compressed-stream.ts";

/** Gives these pieces, then what `then` resolves to. */
function sourceOf(
  pieces: readonly (Uint8Array | null)[],
  then?: () => Promise<null>,
): PieceSource & { cancels: unknown[]; reads: number } {
  let at = 0;
  const source = {
    cancels: [] as unknown[],
    reads: 0,
    read: async () => {
      source.reads++;
      const piece = pieces[at++];
      return piece === undefined && then !== undefined ? then() : (piece ?? null);
    },
    cancel: (reason: unknown) => void source.cancels.push(reason),
  };
  return source;
}

function transform(): Transform {
  return CODECS.get("gzip")!.createStream(6, true);
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("a compressed stream", () => {
  it.each([...CODECS.keys()])("has all bytes, flushed or not: %s", async (encoding) => {
    const pieces = [Buffer.alloc(0), Buffer.from("a"), Buffer.alloc(300_000, "xyz"), Buffer.from("b")];
    const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync: (bytes: Uint8Array) => Buffer };
    const decoders = { br: zlib.brotliDecompressSync, gzip: zlib.gunzipSync, zstd: zstdDecompressSync };
    for (const flushes of [true, false]) {
      const codec = CODECS.get(encoding)!.createStream(3, flushes);
      const bytes = await readAll(compressedStream(sourceOf(pieces), codec));
      expect(decoders[encoding](bytes).equals(Buffer.concat(pieces))).toBe(true);
      expect(codec.destroyed).toBe(true);
    }
  });

  it("reads no piece before it is read itself", async () => {
    const source = sourceOf([Buffer.from("a"), Buffer.from("b")]);
    const reader = compressedStream(source, transform()).getReader();
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.reads).toBe(0);
    await reader.read();
    expect(source.reads).toBe(1);
  });

  it("frees zlib and cancels its source once, while it waits and while it compresses", async () => {
    for (const waits of [true, false]) {
      const codec = transform();
      const source = waits ? sourceOf([], () => new Promise(() => {})) : sourceOf([Buffer.alloc(10_000_000)]);
      const reader = compressedStream(source, codec).getReader();
      const reading = reader.read();
      await new Promise((resolve) => setImmediate(resolve));
      await reader.cancel("gone");
      expect(source.cancels).toEqual(["gone"]);
      expect(codec.destroyed).toBe(true);
      expect((await reading).done).toBe(true);
    }
  });

  it("fails as its source does, and as zlib does", async () => {
    const codec = transform();
    const failing = sourceOf([Buffer.from("a")], () => Promise.reject(new Error("no steam")));
    await expect(readAll(compressedStream(failing, codec))).rejects.toThrow("no steam");
    expect(codec.destroyed).toBe(true);
    expect(failing.cancels.length).toBe(1);
    const broken = transform();
    const source = sourceOf([Buffer.from("a")]);
    broken.destroy(new Error("no memory"));
    await expect(readAll(compressedStream(source, broken))).rejects.toThrow();
    expect(source.cancels.length).toBe(1);
  });
});
