import module from "node:module";
import { afterEach, expect, it } from "vitest";
import { patchResolveFilename } from "../../../src/loader/hooks/commonjs-resolve.ts";

interface Loader {
  _resolveFilename: (...args: unknown[]) => string;
}

const loader = module as unknown as Loader;
const original = loader._resolveFilename;
afterEach(() => {
  loader._resolveFilename = original;
  Reflect.deleteProperty(process.versions, "pnp");
});

it("gives Yarn's Plug'n'Play the options that it knows, and Node.js all of them", () => {
  const seen: unknown[] = [];
  loader._resolveFilename = (...args) => {
    if (args[0] !== "nothing-there") return original.apply(loader, args);
    seen.push(args[3]);
    return "found";
  };
  patchResolveFilename();
  const options = { paths: ["/none"], conditions: new Set(["require"]) };
  const resolve = (given?: object): string => loader._resolveFilename("nothing-there", null, false, given);
  resolve(options);
  Object.defineProperty(process.versions, "pnp", { value: "3", configurable: true });
  expect([resolve(), resolve({ conditions: new Set() }), resolve(options)]).toEqual([
    "found",
    "found",
    "found",
  ]);
  expect(seen).toEqual([options, undefined, undefined, { paths: ["/none"] }]);
});
