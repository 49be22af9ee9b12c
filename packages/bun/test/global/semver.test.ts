import { expect, it } from "vitest";
import { semver } from "../../src/global/semver.ts";

it("knows whether a version is in a range", () => {
  for (const [version, range, expected] of [
    ["1.4.5", ">=1.2.14", true],
    ["1.2.13", ">=1.2.14", false],
    ["1.9.0", "^1.2.0", true],
    ["2.0.0", "^1.2.0 || 2.x", true],
    ["no version", "*", false],
    ["1.0.0", "no range", false],
  ] as const)
    expect(semver.satisfies(version, range), `${version} ${range}`).toBe(expected);
});

it("orders versions", () => {
  const versions = ["1.10.0", "1.9.0", "1.9.0-beta.2", "1.9.0-beta.11"];
  expect(versions.sort(semver.order)).toEqual(["1.9.0-beta.2", "1.9.0-beta.11", "1.9.0", "1.10.0"]);
  expect(() => semver.order("1.0.0", "no version")).toThrow(TypeError);
});
