import { expect, it } from "vitest";
import { CHUNK_BYTES, FileChunks } from "../../src/http/file-chunks.ts";

const MANY = 40;

it("are taken again once they were given back, and never by two; only so many are kept", () => {
  const chunks = new FileChunks();
  const take = (): Buffer[] => Array.from({ length: MANY }, () => chunks.take(CHUNK_BYTES));
  const first = take();
  expect(new Set(first).size).toBe(MANY);
  expect(first.every(({ length }) => length === CHUNK_BYTES)).toBe(true);
  for (const chunk of first) chunks.giveBack(chunk);
  const again = take();
  expect(new Set(again).size).toBe(MANY);
  expect(again.filter((chunk) => first.includes(chunk)).length).toBe(16);
});

it("are long for those that want more, as long as there are not too many", () => {
  const chunks = new FileChunks();
  const isLong = ({ length }: Buffer): boolean => length > CHUNK_BYTES;
  const take = (): Buffer[] => Array.from({ length: MANY }, () => chunks.take(CHUNK_BYTES + 1));
  const first = take();
  expect(new Set(first).size).toBe(MANY);
  expect(first.filter(isLong).length).toBe(4);
  chunks.giveBack(first.find(isLong)!);
  expect(take().filter(isLong).length).toBe(1);
  for (const chunk of first.filter((chunk) => !isLong(chunk))) chunks.giveBack(chunk);
  expect(isLong(chunks.take(CHUNK_BYTES + 1))).toBe(false);
});
