import { expect, it } from "vitest";
import { acceptedCodings, type Coding } from "../../src/built/accept-encoding.ts";

const known: readonly Coding[] = ["br", "zstd", "gzip"];

it.each([
  ["gzip, deflate, br, zstd", ["br", "zstd", "gzip"]],
  ["gzip", ["gzip"]],
  ["x-gzip", ["gzip"]],
  ["GZIP;q=0.5 , Br;Q=0.4", ["gzip", "br"]],
  ["br;q=0, *", ["zstd", "gzip"]],
  ["*;q=0.1, gzip;q=1.0", ["gzip", "br", "zstd"]],
  ["identity", []],
  ["", []],
  ["br;q=no, gzip;q=-1, zstd;q=2", []],
])("of %j are accepted %j", (field, accepted) => {
  expect(acceptedCodings(field, known)).toEqual(accepted);
});
