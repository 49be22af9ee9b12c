import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "@mantou/testing/temp-dir";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { FileSink, type SinkTarget } from "../../src/fetch/file-sink.ts";
import { file } from "../../src/plain.ts";
import { openCount } from "../support/descriptors.ts";

const dir = tempDir();

/** A target that has no room until it is told so. */
class SlowTarget implements SinkTarget {
  readonly writes: string[] = [];
  #settle: { resolve(): void; reject(error: Error): void } | null = null;
  ended = false;

  write(bytes: Uint8Array): Promise<void> {
    this.writes.push(Buffer.from(bytes).toString());
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  room(error?: Error): void {
    if (error === undefined) this.#settle?.resolve();
    else this.#settle?.reject(error);
  }

  end(): undefined {
    this.ended = true;
  }

  ref(): void {}
}

describe("a sink", () => {
  it("collects up to highWaterMark, and copies what it is given", async () => {
    const target = new SlowTarget();
    const sink = new FileSink(target, { highWaterMark: 4 });
    const bytes = new Uint8Array([97]);
    expect(sink.write(bytes)).toBe(1);
    bytes[0] = 98;
    expect(sink.write("é")).toBe(2);
    expect(target.writes).toEqual([]);
    const written = sink.write("c");
    expect(target.writes).toEqual(["aéc"]);
    target.room();
    expect(await written).toBe(1);
  });

  it("waits for a target without room, and ends behind it", async () => {
    const target = new SlowTarget();
    const sink = new FileSink(target);
    sink.write("abc");
    const flushed = sink.flush();
    expect(flushed).toBeInstanceOf(Promise);
    const ended = sink.end();
    expect(target.ended).toBe(false);
    target.room();
    expect([await flushed, await ended, target.ended]).toEqual([3, 3, true]);
    expect([sink.write("x"), sink.flush(), sink.end()]).toEqual([0, 0, 0]);
  });

  it("rejects with the error of a write; one that is not awaited is no unhandled rejection", async () => {
    const target = new SlowTarget();
    const sink = new FileSink(target);
    sink.write("abc");
    const flushed = sink.flush();
    target.room(new Error("gone"));
    await expect(flushed).rejects.toThrow("gone");
    expect(await sink.end()).toBe(0);
  });

  it.each([undefined, null, 5, {}, []])("refuses %j", (chunk) => {
    expect(() => new FileSink(new SlowTarget()).write(chunk as unknown as string)).toThrow(TypeError);
  });
});

describe("the writer of a file", () => {
  it("writes at once, from the beginning on", async () => {
    const path = join(dir, "a.txt");
    writeFileSync(path, "0123456789");
    const sink = file(path).writer();
    sink.write("abc");
    expect(sink.flush()).toBe(3);
    expect(readFileSync(path, "utf8")).toBe("abc3456789");
    sink.write("d");
    expect(await sink.end()).toBe(1);
    expect(readFileSync(path, "utf8")).toBe("abcd456789");
  });

  // A device that is always full.
  describe.runIf(process.platform === "linux")("that cannot be written", () => {
    const full = "/dev/full";
    const noSpace = expect.objectContaining({ code: "ENOSPC" });

    it("is closed by end(), which throws the error", () => {
      const open = openCount(full);
      const sink = file(full).writer();
      sink.write("x");
      expect(() => sink.end()).toThrow(noSpace);
      expect(openCount(full)).toBe(open);
      expect([sink.end(), sink.write("x")]).toEqual([0, 0]);
    });

    it.each([
      ["write", (sink: FileSink) => sink.write("y")],
      ["flush", (sink: FileSink) => sink.flush()],
      ["end", (sink: FileSink) => sink.end()],
    ])("throws at %s what a write at the end of a turn has failed with, once", async (_, call) => {
      const open = openCount(full);
      const sink = file(full).writer();
      sink.write("x");
      await turns();
      expect(() => call(sink)).toThrow(noSpace);
      expect(sink.flush()).toBe(0);
      expect(sink.end()).toBe(0);
      expect(openCount(full)).toBe(open);
    });
  });

  it("makes no folder", () => {
    expect(() => file(join(dir, "no", "a.txt")).writer()).toThrow(
      expect.objectContaining({ code: "ENOENT" }),
    );
  });
});
