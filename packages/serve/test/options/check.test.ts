import { describe, expect, it } from "vitest";
import {
  checkInteger,
  optionalBoolean,
  optionalFunction,
  optionalString,
  resolveInteger,
} from "../../src/options/check.ts";

describe("an option of the wrong type is named, with what was given", () => {
  it.each<[unknown, string]>([
    ["5", '"5"'],
    [true, "true"],
    [5n, "5n"],
    [Symbol("a"), "Symbol(a)"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [[5], "an array"],
    [() => 5, "a function"],
  ])("%o as an integer", (value, shown) => {
    const error = new TypeError(`port must be an integer from 0 to 9, not ${shown}`);
    expect(() => resolveInteger(value, "port", 9, 1)).toThrow(error);
  });

  it("a number as a function, a boolean, and a string", () => {
    expect(() => optionalFunction(5, "log")).toThrow(new TypeError("log must be a function, not 5"));
    expect(() => optionalBoolean("yes", "log", true)).toThrow(
      new TypeError('log must be a boolean, not "yes"'),
    );
    expect(() => optionalString(5, "unix")).toThrow(new TypeError("unix must be a non-empty string, not 5"));
    expect(() => optionalString("", "unix")).toThrow(
      new TypeError('unix must be a non-empty string, not ""'),
    );
  });
});

it("an integer out of its range is a RangeError", () => {
  for (const value of [0, 10, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkInteger(value, "size", 1, 9)).toThrow(
      new RangeError(`size must be an integer from 1 to 9, not ${value}`),
    );
  }
  for (const value of [1, 9]) expect(checkInteger(value, "size", 1, 9)).toBe(value);
  expect(() => checkInteger(undefined, "size", 1, 9)).toThrow(
    new TypeError("size must be an integer from 1 to 9, not undefined"),
  );
});

it("what is not given, or null, is the default", () => {
  for (const none of [undefined, null]) {
    expect(resolveInteger(none, "port", 9, 5)).toBe(5);
    expect(optionalBoolean(none, "log", true)).toBe(true);
    expect(optionalFunction(none, "log")).toBeUndefined();
    expect(optionalString(none, "unix")).toBeUndefined();
  }
});
