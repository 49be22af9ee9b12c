import { expect, test } from "vitest";
import * as pubsub from "../src/index.ts";

test("the package exports the broker and nothing of its inside", () => {
  expect(Object.keys(pubsub)).toEqual(["Broker"]);
});
