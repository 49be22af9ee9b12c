import { cpuTimer } from "@mantou/testing/cpu-time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freezeHeaders, Headers, receivedHeaders } from "../../src/fetch/headers.ts";
import { ours, platform, untyped } from "../support/fetch-apis.ts";
import { runs } from "../support/runs.ts";

// What the standard says of them is in conformance/fetch-headers-*.test.ts.

describe("where ours differ from the platform's", () => {
  it("a copy of ours keeps empty values apart, which the standard joins and then trims", () => {
    const headers = new ours.Headers([
      ["a", ""],
      ["a", ""],
    ]);
    expect(new ours.Headers(headers).get("a")).toBe(", ");
    expect(new platform.Headers(headers).get("a")).toBe(",");
  });

  it("count and toJSON are Bun's", () => {
    const headers = new Headers([
      ["set-cookie", "a"],
      ["x", "1"],
      ["Set-Cookie", "b"],
      ["__proto__", "p"],
      ["x", "2"],
    ]);
    expect(headers.count).toBe(4);
    expect(JSON.stringify(headers)).toBe('{"__proto__":"p","x":"1, 2","set-cookie":["a","b"]}');
    expect(JSON.stringify(new platform.Headers({ a: "1" }))).toBe("{}");
    expect([new Headers().count, new Headers().toJSON()]).toEqual([0, {}]);
    expect(new Headers({ "set-cookie": "a" }).toJSON()).toEqual({ "set-cookie": ["a"] });
  });

  it("getAll is Bun's: of Set-Cookie, and of nothing else", () => {
    const headers = new Headers([
      ["set-cookie", "a"],
      ["x", "1"],
      ["Set-Cookie", "b"],
    ]);
    expect([headers.getAll("set-cookie"), headers.getAll("Set-Cookie")]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(new Headers().getAll("set-cookie")).toEqual([]);
    const getAll = headers.getAll.bind(headers) as (...args: unknown[]) => string[];
    for (const given of [["x"], ["a b"], [undefined], [null], [Symbol("s")], []])
      expect(() => getAll(...given), String(given[0])).toThrow(TypeError);
    expect(getAll({ toString: () => "SET-COOKIE" })).toEqual(["a", "b"]);
  });

  it("what is Bun's is enumerable, as the standard's members are", () => {
    const names: string[] = [];
    for (const name in new Headers()) names.push(name);
    expect(names).toEqual(expect.arrayContaining(["get", "getSetCookie", "getAll", "count", "toJSON"]));
  });
});

describe("a record", () => {
  it("whitespace around a value costs no more than its bytes, and what is within it stays", () => {
    const inner = `a${" ".repeat(60_000)}b`;
    const spent = cpuTimer();
    expect(new Headers({ x: `\t\n\r ${inner} \r\n\t` }).get("x")).toBe(inner);
    expect(new Headers({ x: " \t " }).get("x")).toBe("");
    // By a pattern that ended in `+$` it took 2 s and more.
    expect(spent()).toBeLessThan(500);
  });

  it("has no symbols that can be enumerated", () => {
    const hidden = Object.defineProperty({ a: "1" }, Symbol("s"), { value: "2" });
    expect([...new Headers(hidden)]).toEqual([["a", "1"]]);
    for (const record of [{ a: "1", [Symbol("s")]: "2" }, new Proxy({ [Symbol("s")]: "2" }, {})]) {
      expect(() => new Headers(untyped<Record<string, string>>(record))).toThrow(TypeError);
    }
  });

  it("is read as Web IDL has it: each value behind its name, all of it before anything is checked", () => {
    const read = (record: object): { log: string[]; error: unknown } => {
      const log: string[] = [];
      const proxy = new Proxy(record, {
        ownKeys(target) {
          log.push("keys");
          return Reflect.ownKeys(target);
        },
        getOwnPropertyDescriptor(target, key) {
          log.push(`has ${String(key)}`);
          return Reflect.getOwnPropertyDescriptor(target, key);
        },
        get(target, key) {
          log.push(`get ${String(key)}`);
          return Reflect.get(target, key);
        },
      });
      try {
        new ours.Headers(proxy as Record<string, string>);
        return { log, error: null };
      } catch (error) {
        return { log, error };
      }
    };
    const start = ["get Symbol(Symbol.iterator)", "keys"];
    const hidden = Object.defineProperty({}, "hidden", { value: "x" });
    expect(read({ a: "b", c: "d" })).toEqual({
      log: [...start, "has a", "get a", "has c", "get c"],
      error: null,
    });
    expect(read(hidden)).toEqual({ log: [...start, "has hidden"], error: null });
    const readUntil = (record: object, ...log: string[]): void => {
      const result = read(record);
      expect(result.log).toEqual([...start, ...log]);
      expect(result.error).toBeInstanceOf(TypeError);
    };
    readUntil({ "\u0100": "b", c: "d" }, "has \u0100");
    readUntil({ a: "\u0100", c: "d" }, "has a", "get a");
    readUntil({ "a b": "b", c: "d" }, "has a b", "get a b", "has c", "get c");
    readUntil({ a: "b", [Symbol("s")]: "d" }, "has a", "get a", "has Symbol(s)");
  });

  it("iterators show next, as Web IDL's do", () => {
    for (const { Headers } of [ours, platform]) {
      const prototype = Object.getPrototypeOf(new Headers().entries()) as object;
      expect(Object.getOwnPropertyDescriptor(prototype, "next")).toMatchObject({
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  });
});

describe("what only the server makes", () => {
  it("received headers are taken as they are", () => {
    expect([...receivedHeaders(["b", "2", "a", "1", "b", "3"])]).toEqual([
      ["a", "1"],
      ["b", "2, 3"],
    ]);
  });

  it("frozen headers throw at every change, and can be read", () => {
    const headers = freezeHeaders(new Headers({ a: "1" }));
    expect(() => headers.append("a", "2")).toThrow(TypeError);
    expect(() => headers.set("a", "2")).toThrow(TypeError);
    expect(() => headers.delete("a")).toThrow(TypeError);
    expect([...headers]).toEqual([["a", "1"]]);
  });
});

/** Few, and alike, so that they meet; each operation's outcome is compared, and all that can be seen after it. */
const names = fc.constantFrom(
  "a",
  "A",
  "b",
  "x-y",
  "set-cookie",
  "Set-Cookie",
  "cookie",
  "",
  "a b",
  "\u0100",
);
const values = fc.constantFrom("", "a", " b ", "a, b", "set-cookie", "\xff", "\n", "x\ny", "\u0100", "\0");
const operation = fc.oneof(
  fc.tuple(fc.constantFrom("append", "set"), names, values),
  fc.tuple(fc.constantFrom("get", "has", "delete"), names),
);

describe("any sequence of operations", () => {
  it("does to ours what it does to the platform's", () => {
    const step = (headers: unknown, [method, ...args]: readonly string[]): unknown => {
      try {
        return (headers as Record<string, (...args: string[]) => unknown>)[method!]!(...args);
      } catch (error) {
        return (error as Error).name;
      }
    };
    const seen = (headers: globalThis.Headers): unknown => [[...headers], headers.getSetCookie()];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, values)),
        fc.array(operation, { maxLength: 30 }),
        (init, operations) => {
          const valid = init.filter(([name, value]) => {
            const both = [ours, platform].map((api) =>
              step({ make: () => [...new api.Headers([[name, value]])] }, ["make"]),
            );
            expect(both[0]).toEqual(both[1]);
            return both[0] !== "TypeError";
          });
          const mine = new ours.Headers(valid);
          const theirs = new platform.Headers(valid);
          expect(seen(mine)).toEqual(seen(theirs));
          for (const each of operations) {
            expect([each, step(mine, each)]).toEqual([each, step(theirs, each)]);
            expect(seen(mine)).toEqual(seen(theirs));
          }
          const copy = seen(new platform.Headers(theirs));
          expect([seen(new ours.Headers(theirs)), seen(new platform.Headers(mine))]).toEqual([copy, copy]);
        },
      ),
      runs(200),
    );
  });

  it("of any text is accepted by both or by neither", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(text, text, (name, value) => {
        const [mine, theirs] = [ours, platform].map((api) => {
          try {
            return [
              ...new api.Headers([
                [name, "1"],
                ["a", value],
              ]),
            ];
          } catch (error) {
            return (error as Error).name;
          }
        });
        expect(mine).toEqual(theirs);
      }),
      runs(1000),
    );
  });
});
