import { expect, it } from "vitest";
import type { Mismatch } from "../src/compare.ts";
import { compareAll } from "../src/compare.ts";
import { differences } from "../src/differences/index.ts";
import { type Explained, judge } from "../src/judge.ts";

const ofURL: Mismatch = {
  area: "request",
  scenario: "url of an empty Host",
  path: "wire.0.body",
  ours: "a",
  bun: "b",
};
const unheard: Mismatch = {
  area: "request",
  scenario: "unheard of",
  path: "wire.0.body",
  ours: "a",
  bun: "b",
};
const known: Explained = { ...ofURL, what: "`request.url` without a Host" };

it("a mismatch that has a reason, and is known, is none to complain of", () => {
  const { explained, complaints, same } = judge([ofURL], [known], false);
  expect([explained, complaints, same(3)]).toEqual([[known], [], 2]);
});

it("one that has no reason, is not known, has changed or has gone is", () => {
  expect(judge([unheard], [], false).complaints).toEqual([
    "not explained: request: unheard of: wire.0.body\n  Mantou a\n  Bun    b",
  ]);
  expect(judge([ofURL], [], false).complaints[0]).toMatch(/^explained, but not known/);
  expect(judge([{ ...ofURL, bun: "c" }], [known], false).complaints[0]).toMatch(/^explained, but not known/);
  expect(judge([], [known], false).complaints[0]).toMatch(/^no longer different/);
});

it("a reason that explains nothing is complained of, when all scenarios have run", () => {
  expect(judge([ofURL], null, true).complaints).toHaveLength(differences.length - 1);
  expect(judge([ofURL], null, false).complaints).toEqual([]);
});

it("records are compared place by place", () => {
  const record = (body: string, headers: string[], note: unknown) => ({
    area: { name: { wire: [{ status: "200", headers, body }], notes: [note] } },
  });
  const found = compareAll(record("x", ["a: 1", "b: 2"], ["n", 1]), record("y", ["a: 2", "c: 3"], ["n", 2]));
  expect(found.map(({ path, ours, bun }) => [path, ours, bun])).toEqual([
    ["wire.0.headers.a", "1", "2"],
    ["wire.0.headers.b", "2", "—"],
    ["wire.0.body", "x", "y"],
    ["notes.0", '["n",1]', '["n",2]'],
    ["wire.0.headers.c", "—", "3"],
  ]);
  expect(compareAll(record("x", [], 1), {})).toHaveLength(3);
});
