import { readFileSync } from "node:fs";
import { callInBun, findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { hash } from "../../src/global/hash/hash.ts";

/** What Bun 1.4.5 answers for `inputs()`: for each function a list of numbers in base 36. */
const ANSWERS = new URL("hash-answers.json", import.meta.url);

/** Each way through the algorithms: sizes beside every limit of theirs, with and without a seed. Bun runs it, too. */
function answers(of: typeof hash): Record<string, string[]> {
  const sizes = [
    0, 1, 3, 4, 5, 8, 9, 12, 13, 16, 17, 24, 25, 32, 33, 48, 49, 64, 65, 96, 97, 128, 129, 240, 241, 300,
    1024, 1025, 2100,
  ];
  const names = Object.keys(of) as (keyof typeof hash)[];
  const all = names.map((name) => {
    const call = of[name] as unknown as (data: Uint8Array, seed?: bigint) => number | bigint;
    const results = sizes.map((size, i) => {
      const bytes = Uint8Array.from({ length: size }, (_, at) => at * at * 7 + at * 13 + 200);
      return call(bytes, i % 2 === 0 ? undefined : 0x1234_5678_9abc_def1n).toString(36);
    });
    return [name, results];
  });
  return Object.fromEntries(all) as Record<string, string[]>;
}

/** Data and seeds of every kind. Bun runs it, too. */
function conversions(of: typeof hash): string[] {
  const call = (...args: unknown[]): string => {
    try {
      return `${(of as (...args: unknown[]) => bigint)(...args)}`;
    } catch (error) {
      const { name, code, message } = error as Error & { code?: string };
      return `${name} ${code} ${code === undefined ? "" : message}`;
    }
  };
  const bytes = new Uint8Array([1, 2, 3, 4, 5, 6]);
  const views = [
    new Uint16Array(bytes.buffer, 2),
    new DataView(bytes.buffer, 3),
    bytes.buffer,
    new SharedArrayBuffer(3),
  ];
  const data = [
    ...views,
    "Straße 🎉",
    "\ud800",
    12,
    true,
    [1, 2],
    {},
    new String("x"),
    undefined,
    null,
    Symbol("s"),
  ];
  const numbers = [
    0,
    -0,
    1,
    -1,
    2 ** 40 + 5,
    1.7,
    -1.7,
    Number.NaN,
    Infinity,
    -Infinity,
    1e30,
    -1e30,
    -(2 ** 33),
    2 ** 63,
    2 ** 64,
  ];
  const seeds = [...numbers, 0n, -5n, 2n ** 64n + 7n, "7", null, undefined, true, {}];
  return [call(), ...data.map((each) => call(each)), ...seeds.map((seed) => call("data", seed))];
}

/** Sizes 0 to 300 of many bytes, and large ones. Bun runs it, too. */
function random(of: typeof hash): string[] {
  let state = 12345;
  const byte = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  };
  const sizes = [
    ...Array.from({ length: 301 }, (_, size) => size),
    1000,
    1024,
    2048,
    4097,
    5552,
    5553,
    20_000,
  ];
  return Object.values(of).flatMap((call: (data: Uint8Array, seed?: number) => unknown) =>
    sizes.map((size) => {
      const bytes = new Uint8Array(size).map(byte);
      return `${call(bytes)} ${call(bytes.subarray(1), byte() * 2 ** 30 + byte())}`;
    }),
  );
}

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;
const onBun = (run: (of: typeof hash) => unknown): Promise<unknown> =>
  callInBun(bun!, `() => (${run})(Bun.hash)`, null);

describe("Bun.hash", () => {
  it("answers what Bun answers, for every function", () => {
    expect(answers(hash)).toEqual(JSON.parse(readFileSync(ANSWERS, "utf8")));
  });

  it("returns numbers of 32 bits and bigints of 64, and is wyhash itself", () => {
    expect(hash("some data here")).toBe(11562320457524636935n);
    expect(hash("some data here", 1234)).toBe(15724820720172937558n);
    expect(hash.wyhash("data", 1234)).toBe(hash("data", 1234n));
    expect(hash.crc32("b", hash.crc32("a"))).toBe(hash.crc32("ab"));
    expect([hash.name, hash.length, hash.xxHash3.name, hash.crc32.length]).toEqual(["hash", 1, "xxHash3", 1]);
  });

  it("converts data to text and seeds to integers; null and a Blob are refused", () => {
    expect(conversions(hash).slice(0, 1)).toEqual([
      "TypeError ERR_INVALID_ARG_TYPE data must be a string, ArrayBuffer, ArrayBufferView or Blob",
    ]);
    expect(hash({ toString: () => "data" } as unknown as string)).toBe(hash("data"));
    expect(hash("data", 1.7)).toBe(hash("data", 1));
    expect(hash("data", -1)).toBe(hash("data", 2n ** 64n - 1n));
    expect(() => hash(new Blob(["data"]) as unknown as string)).toThrow(TypeError);
  });

  it.skipIf(bun === null)("agrees with Bun on bytes of every size, and on what it converts", async () => {
    expect(answers(hash)).toEqual(await onBun(answers));
    expect(conversions(hash)).toEqual(await onBun(conversions));
    expect(random(hash)).toEqual(await onBun(random));
  });
});
