import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesInMemory } from "../../src/fetch/blob-bytes.ts";
import { file } from "../../src/fetch/file.ts";

const dir = tempDir();
fill(dir, { "a.txt": "of a file" });

const bytesOf = async (blob: Blob): Promise<number[]> => [...new Uint8Array(await blob.arrayBuffer())];

describe("bytesInMemory()", () => {
  it("has the bytes that arrayBuffer() has", async () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.uint8Array({ maxLength: 50 }),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>])),
    );
    const blob = fc
      .tuple(fc.array(part, { maxLength: 5 }), fc.nat({ max: 60 }), fc.nat({ max: 60 }))
      .map(([parts, start, length]) => {
        const whole = new Blob(parts as string[]);
        return length === 0 ? whole : whole.slice(start, start + length);
      });
    await fc.assert(
      fc.asyncProperty(blob, async (given) => {
        expect([...bytesInMemory(given)!]).toEqual(await bytesOf(given));
      }),
    );
  });

  it.each([
    ["a big one", new Blob([new Uint8Array(10_000_000).fill(7), "end"])],
    ["a File", new File(["parts", " of it"], "name")],
    ["a clone", structuredClone(new Blob(["cloned"]))],
    ["an empty one", new Blob([])],
  ])("has them of %s", async (_, blob) => {
    expect(bytesInMemory(blob)!.equals(new Uint8Array(await blob.arrayBuffer()))).toBe(true);
  });

  it("is null for what has to be read first", async () => {
    class Own extends Blob {
      override async arrayBuffer(): Promise<ArrayBuffer> {
        return new ArrayBuffer(3);
      }
    }
    const ofFile = await openAsBlob(join(dir, "a.txt"));
    for (const blob of [file(join(dir, "a.txt")), new Own(["parts"]), ofFile, new Blob(["[", ofFile])])
      expect(bytesInMemory(blob as Blob)).toBe(null);
    // The read that was begun does not disturb the next one.
    expect(await ofFile.text()).toBe("of a file");
  });
});
