import assert from "node:assert/strict";
import { test } from "node:test";
import { Counter } from "../src/counter.ts";

test("it counts from 0", () => {
  const counter = new Counter();
  assert.equal(counter.count, 0);
  assert.equal(counter.increment(), 1);
  assert.equal(counter.count, 1);
});
