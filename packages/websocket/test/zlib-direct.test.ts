import { expect, it } from "vitest";
import { DirectStream, isDirectSupported } from "../src/zlib-direct.ts";
import { zlibStreamSuite } from "./zlib-suite.ts";

it("Node's internals are there on each line that is supported", () => {
  expect(isDirectSupported()).toBe(true);
});

zlibStreamSuite((settings) => new DirectStream(settings));
