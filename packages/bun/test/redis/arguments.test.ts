import { expect, it } from "vitest";
import { commandArguments, hashArguments, toSent } from "../../src/redis/arguments.ts";

it.each([
  ["a command", (bytes: Uint8Array) => commandArguments("set", ["key", bytes])],
  ["a key", (bytes: Uint8Array) => commandArguments("get", [bytes])],
  ["a buffer", (bytes: Uint8Array) => commandArguments("set", ["key", bytes.buffer])],
  ["fields", (bytes: Uint8Array) => hashArguments("hset", ["key", "field", bytes])],
  ["an object of fields", (bytes: Uint8Array) => hashArguments("hset", ["key", { field: bytes }])],
  ["send", (bytes: Uint8Array) => [toSent(bytes)]],
])("takes the bytes of the call, and no later ones, in %s", (_, argumentsOf) => {
  const bytes = new Uint8Array([1, 2]);
  const sent = argumentsOf(bytes).at(-1);
  bytes.fill(9);
  expect(sent).toEqual(Buffer.from([1, 2]));
});

it("takes bytes for no object of fields", () => {
  expect(() => hashArguments("hset", ["key", new Uint8Array(2)])).toThrow(
    "HSET requires at least key, field, and value arguments",
  );
});
