import { afterEach, expect, it, vi } from "vitest";
import { randomUUIDv7 } from "../../src/global/uuid.ts";

afterEach(() => vi.restoreAllMocks());

const timeOf = (id: string): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
const areSorted = (ids: readonly string[]): boolean => ids.every((id, i) => i === 0 || id > ids[i - 1]!);

it("sorts UUIDs behind earlier ones when the clock is set back", () => {
  const start = Date.now() + 1000;
  const clock = vi.spyOn(Date, "now");
  const ids = [start, start - 500, start - 1, start, start + 1].map((time) => {
    clock.mockReturnValue(time);
    return randomUUIDv7();
  });
  expect(areSorted(ids)).toBe(true);
  expect(ids.map((id) => timeOf(id) - start)).toEqual([0, 0, 0, 0, 1]);
});

it("goes on with the next millisecond when the counter of one has run out", () => {
  const start = Date.now() + 10_000;
  vi.spyOn(Date, "now").mockReturnValue(start);
  const ids = Array.from({ length: 10_000 }, () => randomUUIDv7());
  expect(areSorted(ids)).toBe(true);
  expect(timeOf(ids[0]!)).toBe(start);
  expect(timeOf(ids.at(-1)!)).toBeGreaterThan(start);
});

it("has no later time than there is", () => {
  const last = 2 ** 48 - 1;
  const ids = Array.from({ length: 5000 }, () => randomUUIDv7("hex", last));
  expect(new Set(ids.map(timeOf))).toEqual(new Set([last]));
  expect(new Set(ids).size).toBe(5000);
});
