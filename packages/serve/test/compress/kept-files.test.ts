import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "@mantou/testing/temp-dir";
import { gate } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { KeptFiles } from "../../src/compress/kept-files.ts";
import { OpenFile } from "../../src/http/open-file.ts";

const path = join(tempDir(), "a");
writeFileSync(path, "text");

/** What is asked for: the compressed form of the bytes up to `end`. */
function asker(
  kept: KeptFiles,
): (end: number, make: (isKept: boolean) => Promise<Uint8Array | null>) => Promise<Uint8Array | null> {
  return async (end, make) => {
    const file = OpenFile.open(path);
    try {
      return await kept.get(file, 0, end, "br", make);
    } finally {
      file.close();
    }
  };
}

const inAnHour = (): number => Date.now() + 3_600_000;

it("makes each form once, also for those that ask meanwhile", async () => {
  const ask = asker(new KeptFiles(undefined, inAnHour));
  let made = 0;
  const wait = gate();
  const make = async (): Promise<Uint8Array> => {
    made++;
    await wait.promise;
    return Buffer.from("form");
  };
  const both = [ask(4, make), ask(4, make)];
  wait.open();
  expect(await both[0]).toBe(await both[1]);
  expect(await ask(4, make)).toBe(await both[0]);
  expect(made).toBe(1);
});

it("forgets an error, and what was made of a file that has just been changed", async () => {
  const ask = asker(new KeptFiles());
  await expect(ask(1, () => Promise.reject(new Error("no memory")))).rejects.toThrow("no memory");
  expect(await ask(1, async () => Buffer.from("a"))).toEqual(Buffer.from("a"));
  writeFileSync(path, "txet");
  expect(await ask(1, async () => Buffer.from("b"))).toEqual(Buffer.from("b"));
  expect(await ask(1, async () => Buffer.from("c"))).toEqual(Buffer.from("c"));
});

it("says whether the form will be kept", async () => {
  const said: boolean[] = [];
  const make = async (isKept: boolean) => {
    said.push(isKept);
    return null;
  };
  // Just changed, as the clock says.
  writeFileSync(path, "text");
  let now = 0;
  const ask = asker(new KeptFiles(undefined, () => now));
  await ask(2, make);
  await ask(2, make);
  now = inAnHour();
  await ask(2, make);
  await ask(2, make);
  expect(said).toEqual([false, false, true]);
});

it("keeps a bounded number of bytes: what was asked for last", async () => {
  const kept = new KeptFiles(10_000, inAnHour);
  const ask = asker(kept);
  const made: number[] = [];
  const get = (end: number, size: number) =>
    ask(end, async () => {
      made.push(end);
      return Buffer.alloc(size);
    });
  for (let i = 0; i < 100; i++) {
    await get(i, 1000);
    await get(0, 1000);
    expect(kept.cost).toBeLessThanOrEqual(10_000);
  }
  expect(made.filter((end) => end === 0).length).toBe(1);
  // Also forms that are no shorter, of which nothing but the name is kept.
  for (let i = 100; i < 200; i++) await ask(i, async () => null);
  expect(kept.cost).toBeLessThanOrEqual(10_000);
  await get(500, 20_000);
  expect(kept.cost).toBeLessThanOrEqual(10_000);
});
