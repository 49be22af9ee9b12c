import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { describeError, type ErrorReport } from "../../src/errors/error-report.ts";

const HERE = fileURLToPath(import.meta.url);

/** All reports in one, from the outside in. */
function all(report: ErrorReport): ErrorReport[] {
  const nested = [...report.errors, ...(report.cause === null ? [] : [report.cause])];
  return [report, ...nested.flatMap(all)];
}

describe("an error", () => {
  it("has its class, message, frames with source, and what else it has", () => {
    const error = Object.assign(new TypeError("message"), { code: "ECODE", detail: { a: [1] } });
    const report = describeError(error);
    expect(report).toMatchObject({ name: "TypeError", message: "message", cause: null, errors: [] });
    expect(report.properties).toEqual([
      ["code", "ECODE"],
      ["detail", "{ a: [ 1 ] }"],
    ]);
    const [frame] = report.frames;
    expect(frame!.file).toBe(HERE);
    expect(frame!.source.find(({ number }) => number === frame!.line)?.text).toContain(
      'new TypeError("message")',
    );
    expect(
      report.frames.filter(({ owner }) => owner !== "application").flatMap(({ source }) => source),
    ).toEqual([]);
  });

  it("of another realm is one too", () => {
    expect(describeError(runInNewContext("new RangeError('there')"))).toMatchObject({
      name: "RangeError",
      message: "there",
    });
  });

  it("brings its causes and those that it stands for", () => {
    const error = new AggregateError([new RangeError("one"), "two"], "many", {
      cause: new Error("why", { cause: 5 }),
    });
    expect(all(describeError(error)).map(({ name, message }) => [name, message])).toEqual([
      ["AggregateError", "many"],
      ["RangeError", "one"],
      ["Thrown", "two"],
      ["Error", "why"],
      ["Thrown", "5"],
    ]);
  });
});

describe("is bounded", () => {
  it("for errors that go round in circles", () => {
    const error = new Error("outer");
    error.cause = new AggregateError([error], "inner");
    expect(all(describeError(error)).map(({ message }) => message)).toEqual([
      "outer",
      "inner",
      "the same error as above",
    ]);
  });

  it("for many errors, deep or wide", () => {
    let deep = new Error("0");
    for (let i = 1; i < 5000; i++) deep = new Error(String(i), { cause: deep });
    expect(all(describeError(deep)).length).toBeLessThan(30);
    const wide = new AggregateError(Array.from({ length: 5000 }, () => new Error("x")));
    expect(all(describeError(wide)).length).toBeLessThan(30);
    const both = new AggregateError(
      Array.from({ length: 50 }, () => new AggregateError(Array(50).fill(wide))),
    );
    expect(all(describeError(both)).length).toBeLessThan(500);
  });

  it("for long messages and large properties", () => {
    const error = Object.assign(new Error("x".repeat(1e6)), {
      big: Array(1e5).fill("y".repeat(1e3)),
      long: "z".repeat(1e6),
    });
    for (let i = 0; i < 100; i++) Object.assign(error, { [`p${i}`]: i });
    error.name = "N".repeat(1e6);
    const report = describeError(error);
    expect(report.message.length).toBeLessThan(10_100);
    expect(report.name.length).toBeLessThan(10_100);
    expect(report.properties.length).toBe(20);
    expect(JSON.stringify(report.properties).length).toBeLessThan(50_000);
  });
});

describe("what is no error", () => {
  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    ["text", "text"],
    [Symbol("s"), "Symbol(s)"],
    [{}, "{}"],
    [[], "[]"],
    [Object.create(null), "[Object: null prototype] {}"],
  ])("%s", (thrown, message) => {
    expect(describeError(thrown)).toEqual({
      name: "Thrown",
      message,
      properties: [],
      frames: [],
      cause: null,
      errors: [],
    });
  });
});

describe("never throws", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  const UNPRINTABLE = "something that cannot be printed";

  it.each<[string, object, string]>([
    ["an object that cannot be inspected", { [inspect.custom]: trap }, UNPRINTABLE],
    [
      "a getter for the message",
      Object.defineProperty(new Error("x"), "message", { get: trap }),
      UNPRINTABLE,
    ],
    ["a getter for the stack", Object.defineProperty(new Error("x"), "stack", { get: trap }), UNPRINTABLE],
    ["a property", Object.defineProperty(new Error("x"), "p", { get: trap, enumerable: true }), UNPRINTABLE],
    ["a proxy", new Proxy(new Error("x"), { get: trap, getPrototypeOf: trap }), UNPRINTABLE],
    ["a cause", new Error("x", { cause: new Proxy({}, { get: trap, getPrototypeOf: trap }) }), "x"],
  ])("for traps in %s", (_, thrown, message) => expect(describeError(thrown).message).toBe(message));

  it("for nonsense in place of name, message and stack", () => {
    const error = Object.assign(new Error("x"), { name: Symbol("n"), message: { a: 1 }, stack: 5 });
    expect(describeError(error)).toMatchObject({ name: "Symbol(n)", message: "{ a: 1 }", frames: [] });
  });
});
