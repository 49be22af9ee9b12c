import type { Stats } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HotFiles, KeptBytes } from "../../src/http/hot-files.ts";
import type { OpenFile } from "../../src/http/open-file.ts";
import { useFakeNodeTimers, useRealNodeTimers } from "../support/fake-node-timers.ts";
import { runs } from "../support/runs.ts";

const SIZE = 100 * 1024;

/** The time that the class sees, by both clocks. */
let now = 1_000_000;
beforeEach(() => {
  useFakeNodeTimers("setTimeout", "clearTimeout");
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(Date, "now").mockImplementation(() => now);
});
afterEach(() => {
  useRealNodeTimers();
  vi.restoreAllMocks();
});

/** Time passes, for timers as well. */
function pass(ms: number): void {
  now += ms;
  vi.advanceTimersByTime(ms);
}

/** A file whose file system counts time in steps. Its content is one number, in each of its bytes. */
class FakeFile {
  readonly source: string | number;
  readonly step: number;
  size = SIZE;
  content = 0;
  ino = 1;
  #changed: number;
  opened: FakeFile[] = [];
  reads = 0;

  constructor(source: string | number = "/a", step = 1, age = 10_000) {
    this.source = source;
    this.step = step;
    this.#changed = now - age;
  }

  write(content: number, size: number = this.size): void {
    this.content = content;
    this.size = size;
    this.#changed = now;
  }

  replace(content: number): void {
    this.ino++;
    this.write(content);
  }

  get stats(): Stats {
    const time = Math.floor(this.#changed / this.step) * this.step;
    return { dev: 1, ino: this.ino, size: this.size, mtimeMs: time, ctimeMs: time } as Stats;
  }

  /** @param whileRead is called in the middle of a read */
  open(whileRead: () => void | Promise<void> = () => {}): OpenFile {
    const { stats, source } = this;
    const file = this;
    const opened = {
      source,
      stats,
      size: stats.size,
      get isSame(): boolean {
        return JSON.stringify(file.stats) === JSON.stringify(stats);
      },
      async readWhole(target: Buffer, position: number): Promise<number> {
        file.reads++;
        const count = Math.max(0, Math.min(target.length, file.size - position));
        target.fill(file.content, 0, count >> 1);
        await whileRead();
        const behind = Math.max(0, Math.min(target.length, file.size - position));
        target.fill(file.content, count >> 1, behind);
        return behind;
      },
    };
    return opened as unknown as OpenFile;
  }
}

/** Asks for the whole file. */
async function ask(hot: HotFiles, file: FakeFile, mayRead = true): Promise<KeptBytes | null> {
  return hot.get(file.open(), mayRead);
}

/** Asks twice, so that the file is kept. */
async function keep(hot: HotFiles, file: FakeFile): Promise<KeptBytes> {
  await ask(hot, file);
  const kept = await ask(hot, file);
  expect(kept).toBeInstanceOf(KeptBytes);
  return kept!;
}

describe("a file", () => {
  it("is read when it is asked for twice within a second, and sent from memory for a second", async () => {
    const hot = new HotFiles();
    const file = new FakeFile();
    file.content = 7;
    expect(await ask(hot, file)).toBe(null);
    now += 1000;
    expect(await ask(hot, file)).toBe(null);
    expect(file.reads).toBe(0);
    now += 999;
    const kept = await ask(hot, file);
    expect(kept!.bytes.equals(Buffer.alloc(SIZE, 7))).toBe(true);
    now += 999;
    expect(hot.get(file.open(), false)).toBe(kept);
    expect(file.reads).toBe(1);
    now += 1;
    // A request for a part does not have all of it read.
    expect(hot.get(file.open(), false)).toBe(null);
    const again = await ask(hot, file);
    expect(again!.bytes.equals(kept!.bytes)).toBe(true);
    expect(file.reads).toBe(2);
    expect(hot.size).toBe(SIZE);
  });

  it("is read by one request, and in pieces by those that come meanwhile", async () => {
    const hot = new HotFiles();
    const file = new FakeFile();
    await ask(hot, file);
    const reading = hot.get(file.open(), true);
    expect(hot.get(file.open(), true)).toBe(null);
    expect(hot.get(file.open(), false)).toBe(null);
    expect(await reading).toBe(hot.get(file.open(), true));
    expect(file.reads).toBe(1);
  });

  it("that has just been changed is not kept, nor one of a descriptor, nor a large one", async () => {
    const hot = new HotFiles();
    const young = new FakeFile("/young", 1, 2999);
    const descriptor = new FakeFile(5);
    const large = new FakeFile("/large");
    large.size = 4 * 1024 * 1024 + 1;
    for (const file of [young, descriptor, large]) {
      for (let i = 0; i < 3; i++) expect(await ask(hot, file)).toBe(null);
      expect(file.reads).toBe(0);
    }
    now++;
    expect(await ask(hot, young)).toBeInstanceOf(KeptBytes);
    large.size--;
    expect(await keep(hot, large)).toBeInstanceOf(KeptBytes);
  });

  it("that is changed while it is read is not kept", async () => {
    const changes: ((file: FakeFile) => void)[] = [
      (file) => file.write(1),
      (file) => file.write(1, 10),
      (file) => file.write(1, 2 * SIZE),
    ];
    for (const change of changes) {
      const hot = new HotFiles();
      const file = new FakeFile();
      await ask(hot, file);
      expect(
        await hot.get(
          file.open(() => change(file)),
          true,
        ),
      ).toBe(null);
      expect(hot.size).toBe(0);
    }
  });

  it("that cannot be read fails the request that reads it, and that alone", async () => {
    const hot = new HotFiles();
    const file = new FakeFile();
    await ask(hot, file);
    const failing = hot.get(
      file.open(() => Promise.reject(new Error("EIO"))),
      true,
    );
    await expect(failing).rejects.toThrow("EIO");
    expect(hot.size).toBe(0);
    expect(await ask(hot, file)).toBeInstanceOf(KeptBytes);
  });

  it("of another version that was asked for while the first one was read replaces that", async () => {
    const hot = new HotFiles();
    const file = new FakeFile();
    await ask(hot, file);
    let later: Promise<unknown> = Promise.resolve();
    const first = hot.get(
      file.open(() => {
        file.ino = 2;
        later = ask(hot, file);
        // The first one again: it is the version that was opened, but no more the last one that was asked for.
        return later.then(() => {
          file.ino = 1;
        });
      }),
      true,
    );
    expect(await first).toBe(null);
    expect(hot.size).toBe(0);
  });
});

describe("the bytes in memory", () => {
  it("are bounded, and those of the last second are not replaced by others", async () => {
    const hot = new HotFiles(10 * SIZE);
    const files = Array.from({ length: 20 }, (_, i) => new FakeFile(`/${i}`));
    for (let round = 0; round < 3; round++) {
      for (const file of files) {
        await ask(hot, file);
        await ask(hot, file);
        expect(hot.size).toBeLessThanOrEqual(10 * SIZE);
      }
    }
    expect(files.map(({ reads }) => reads)).toEqual([...Array(10).fill(1), ...Array(10).fill(0)]);
    now += 1000;
    const other = new FakeFile("/other");
    await keep(hot, other);
    expect(hot.size).toBeLessThanOrEqual(10 * SIZE);
  });

  it("are bounded for ten thousand files", async () => {
    const hot = new HotFiles();
    for (let i = 0; i < 10_000; i++) {
      const file = new FakeFile(`/${i}`);
      await ask(hot, file);
      await ask(hot, file);
    }
    expect(hot.size).toBeLessThanOrEqual(32 * 1024 * 1024);
    // Only the last files are remembered.
    const first = new FakeFile("/0");
    now += 1000;
    await ask(hot, first);
    expect(first.reads).toBe(0);
  });

  it("are freed when no file has been read for a second, but for those that a client holds", async () => {
    const hot = new HotFiles();
    const files = ["/a", "/b"].map((path) => new FakeFile(path));
    const [held] = [await keep(hot, files[0]!), await keep(hot, files[1]!)];
    hot.hold(held);
    pass(999);
    const later = new FakeFile("/c");
    await keep(hot, later);
    pass(999);
    expect(await ask(hot, later)).toBeInstanceOf(KeptBytes);
    pass(1);
    expect(hot.size).toBe(SIZE);
    hot.release(held);
    expect(hot.size).toBe(0);
    expect(await ask(hot, files[0]!)).toBe(null);
    expect(await ask(hot, files[0]!)).toBeInstanceOf(KeptBytes);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("count as long as a client holds them, though the file has another version", async () => {
    const hot = new HotFiles(3 * SIZE);
    const file = new FakeFile();
    const held: KeptBytes[] = [];
    for (let version = 0; version < 3; version++) {
      const kept = await keep(hot, file);
      hot.hold(kept);
      hot.hold(kept);
      held.push(kept);
      file.ino++;
      now += 10_000;
    }
    expect(hot.size).toBe(3 * SIZE);
    await ask(hot, file);
    expect(await ask(hot, file)).toBe(null);
    hot.release(held[1]!);
    expect(await ask(hot, file)).toBe(null);
    hot.release(held[1]!);
    expect(hot.size).toBe(2 * SIZE);
    const last = await ask(hot, file);
    expect(last).toBeInstanceOf(KeptBytes);
    for (const kept of [held[0]!, held[0]!, held[2]!, held[2]!]) hot.release(kept);
    expect(hot.size).toBe(SIZE);
    // A client that gets bytes which are no longer kept counts them, too.
    hot.hold(held[0]!);
    expect(hot.size).toBe(2 * SIZE);
    hot.release(held[0]!);
    expect(hot.size).toBe(SIZE);
  });
});

it("property: what is kept is what a read would give, on file systems whose time has any step", async () => {
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ act: "ask" } as const) },
    {
      weight: 1,
      arbitrary: fc.record({ act: fc.constant("write" as const), size: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ act: "overwrite" } as const) },
    { weight: 1, arbitrary: fc.constant({ act: "replace" } as const) },
    { weight: 1, arbitrary: fc.constant({ act: "overwrite while it is read" } as const) },
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 3000 }) }),
    },
  );
  const step = fc.constantFrom(1, 4, 10, 1000, 2000);
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(step, fc.array(act, { minLength: 20, maxLength: 60 }), async (step, acts) => {
      const hot = new HotFiles();
      const file = new FakeFile("/a", step);
      file.size = 8;
      let version = 0;
      for (const next of acts) {
        if (next.act === "wait") now += next.ms;
        else if (next.act === "write") file.write(++version % 256, next.size);
        else if (next.act === "overwrite") file.write(++version % 256);
        else if (next.act === "replace") file.replace(++version % 256);
        else {
          const change = next.act === "ask" ? () => {} : () => file.write(++version % 256);
          const found = await hot.get(file.open(change), true);
          if (found === null) continue;
          kept++;
          expect(found.bytes.equals(Buffer.alloc(file.size, file.content))).toBe(true);
        }
      }
      expect(hot.size).toBeLessThanOrEqual(9);
    }),
    runs(2000),
  );
  expect(kept).toBeGreaterThan(10);
});
