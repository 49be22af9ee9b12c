import { describe, expect, it } from "vitest";
import { JoinedChunks } from "../../src/http/joined-chunks.ts";
import { CopyBuffer } from "../../src/socket/copy-buffer.ts";

const LARGE = 5_000;

/** Chunks of these sizes, each of a letter of its own. */
function chunksOf(sizes: readonly number[]): Buffer[] {
  return sizes.map((size, n) => Buffer.alloc(size, 97 + n));
}

function joined(chunks: readonly Uint8Array[]): JoinedChunks {
  const all = new JoinedChunks();
  for (const chunk of chunks) {
    all.add(chunk);
    // Their source uses the memory again.
    chunk.fill(0);
  }
  return all;
}

/** The sizes of what is lent, and its bytes. */
function lent(all: JoinedChunks, isFree = true): [sizes: number[], bytes: Buffer] {
  let sizes: number[] = [];
  let bytes = Buffer.alloc(0);
  all.lend((chunks) => {
    sizes = chunks.map(({ length }) => length);
    bytes = Buffer.concat(chunks);
    return isFree;
  });
  return [sizes, bytes];
}

describe("the chunks of a stream", () => {
  it("are joined if they are small, in order, and are copies", () => {
    const sizes = [1, 2, LARGE, 3, LARGE, LARGE, 4, 5];
    const expected = Buffer.concat(chunksOf(sizes));
    const all = joined(chunksOf(sizes));
    expect(all.size).toBe(expected.length);
    const taken = all.take();
    expect(taken.map(({ length }) => length)).toEqual([3, LARGE, 3, LARGE, LARGE, 9]);
    expect(Buffer.concat(taken).equals(expected)).toBe(true);
    expect(lent(joined(chunksOf(sizes)))).toEqual([[3, LARGE, 3, LARGE, LARGE, 9], expected]);
  });

  it("are forgotten when they have been taken or lent", () => {
    for (const give of [(all: JoinedChunks) => all.take(), (all: JoinedChunks) => lent(all)]) {
      const all = joined(chunksOf([1, LARGE, 1]));
      give(all);
      expect([all.size, all.take(), lent(all)]).toEqual([0, [], [[], Buffer.alloc(0)]]);
    }
  });

  it("may be more than a buffer holds", () => {
    const sizes = Array.from({ length: 90 }, () => 4_096);
    const all = joined(chunksOf(sizes));
    expect(Buffer.concat(all.take()).equals(Buffer.concat(chunksOf(sizes)))).toBe(true);
  });

  it("get memory of their own when they wait", () => {
    const all = joined(chunksOf([1, 2]));
    all.settle();
    all.settle();
    overwriteFreeBuffers();
    all.add(Buffer.from("ccc"));
    expect(Buffer.concat(all.take()).toString()).toBe("abbccc");
  });

  it("stay as they are while something still reads them", () => {
    const all = joined(chunksOf([3_000, 2_000]));
    let kept: readonly Uint8Array[] = [];
    all.lend((chunks) => {
      kept = chunks;
      return false;
    });
    overwriteFreeBuffers();
    expect(Buffer.concat(kept).equals(Buffer.concat(chunksOf([3_000, 2_000])))).toBe(true);
  });

  it.each([
    ["nothing does", [3_000, 2_000], true],
    ["they are so few that the write queue has copied them", [3_000, 1_096], false],
  ] as const)("leave their buffer to others when %s", (_, sizes, isTaken) => {
    const free = CopyBuffer.take();
    free.giveBack();
    lent(joined(chunksOf(sizes)), isTaken);
    expect(CopyBuffer.take()).toBe(free);
  });
});

function overwriteFreeBuffers(): void {
  const buffers = Array.from({ length: 20 }, () => CopyBuffer.take());
  for (const buffer of buffers) buffer.text("z".repeat(1000), 0);
  for (const buffer of buffers) buffer.giveBack();
}
