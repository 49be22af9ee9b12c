import { expect, it } from "vitest";
import { describeCases, type FetchAPI, ours, platform, throws, untyped } from "../support/fetch-apis.ts";

type Init = ConstructorParameters<FetchAPI["Headers"]>[0];

const made =
  (init: unknown) =>
  ({ Headers }: FetchAPI): unknown => [
    ...new Headers(untyped<Init>(typeof init === "function" ? init() : init)),
  ];

/** Fetch, §5.1 "Headers class": the constructor, with Web IDL's conversions of what it is given. */
describeCases("new Headers()", [
  ["nothing", made(undefined), []],
  ["null is no HeadersInit", made(null), throws("TypeError")],
  ["a string is none", made("a: b"), throws("TypeError")],
  ["a number is none", made(1), throws("TypeError")],
  [
    "a record",
    made({ B: "2", a: "1" }),
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  ["a record without a prototype", made(Object.assign(Object.create(null), { a: "1" })), [["a", "1"]]],
  ["a record with names that differ in case", made({ A: "1", a: "2" }), [["a", "1, 2"]]],
  ["a record's inherited keys do not count", made(Object.create({ a: "1" })), []],
  [
    "a record's values become strings",
    made({ a: 1, b: null, c: undefined }),
    [
      ["a", "1"],
      ["b", "null"],
      ["c", "undefined"],
    ],
  ],
  ["a record whose value is a symbol", made({ a: Symbol("s") }), throws("TypeError")],
  [
    "pairs",
    made([
      ["b", "2"],
      ["A", "1"],
      ["b", "3"],
    ]),
    [
      ["a", "1"],
      ["b", "2, 3"],
    ],
  ],
  ["an empty list", made([]), []],
  ["a Map", made(new Map([["a", "1"]])), [["a", "1"]]],
  [
    "a generator",
    made(function* () {
      yield ["a", "1"];
    }),
    [["a", "1"]],
  ],
  ["pairs that are iterables of another kind", made([new Set(["a", "1"])]), [["a", "1"]]],
  ["a pair whose value is undefined", made([["a", undefined]]), [["a", "undefined"]]],
  ["a pair that is a string", made(["ab"]), throws("TypeError")],
  ["a pair of one", made([["a"]]), throws("TypeError")],
  ["a pair of three", made([["a", "1", "2"]]), throws("TypeError")],
  [
    "pairs are what an array's iterator gives",
    made(() => {
      const pair = ["a", "1"];
      pair[Symbol.iterator] = function* () {
        yield "b";
        yield "2";
        return undefined;
      };
      return [pair];
    }),
    [["b", "2"]],
  ],
  [
    "an array without an iterator is no pair",
    made([Object.assign(["a", "1"], { [Symbol.iterator]: null })]),
    throws("TypeError"),
  ],
  ["an object with a length is no pair", made([{ 0: "a", 1: "1", length: 2 }]), throws("TypeError")],
  [
    "a function that can be iterated is a pair",
    made([Object.assign(() => {}, { [Symbol.iterator]: () => ["a", "1"].values() })]),
    [["a", "1"]],
  ],
  [
    "the iterator's method is read once",
    ({ Headers }) => {
      let reads = 0;
      const init = {
        get [Symbol.iterator]() {
          reads++;
          return () => [["a", "1"]].values();
        },
      };
      return [...new Headers(untyped<Init>(init))].concat([[`${reads}`, ""]]);
    },
    [
      ["a", "1"],
      ["1", ""],
    ],
  ],
  [
    "all pairs are read before one is checked",
    made(function* () {
      yield ["a b", "1"];
      yield ["a", "1", "2"];
      throw new RangeError("the end");
    }),
    throws("RangeError"),
  ],
  [
    "a whole record is read before a name is checked",
    made({
      "a b": "1",
      get c(): string {
        throw new RangeError("the end");
      },
    }),
    throws("RangeError"),
  ],
  [
    "a subclass's append has no part in it",
    ({ Headers }) => {
      class Mine extends Headers {}
      const append = (): void => {
        throw new RangeError("called");
      };
      Object.defineProperty(Mine.prototype, "append", { value: append });
      return [...new Mine({ a: "1" })];
    },
    [["a", "1"]],
  ],
  ["an iterator that is no function", made({ [Symbol.iterator]: 1 }), throws("TypeError")],
  [
    "Headers",
    ({ Headers }) => [
      ...new Headers(
        new Headers([
          ["set-cookie", "a"],
          ["set-cookie", "b"],
          ["x", "1"],
        ]),
      ),
    ],
    [
      ["set-cookie", "a"],
      ["set-cookie", "b"],
      ["x", "1"],
    ],
  ],
  [
    "Headers are copied",
    ({ Headers }) => {
      const first = new Headers({ a: "1" });
      const second = new Headers(first);
      first.set("a", "2");
      second.append("b", "3");
      return [[...first], [...second]];
    },
    [
      [["a", "2"]],
      [
        ["a", "1"],
        ["b", "3"],
      ],
    ],
  ],
  [
    "the platform's Headers",
    () => [
      ...new ours.Headers(
        new platform.Headers([
          ["set-cookie", "a"],
          ["set-cookie", "b"],
        ]),
      ),
    ],
    [
      ["set-cookie", "a"],
      ["set-cookie", "b"],
    ],
  ],
  [
    "the platform takes ours",
    () => [
      ...new platform.Headers(
        new ours.Headers([
          ["set-cookie", "a"],
          ["set-cookie", "b"],
          ["A", "1"],
        ]),
      ),
    ],
    [
      ["a", "1"],
      ["set-cookie", "a"],
      ["set-cookie", "b"],
    ],
  ],
  ["without new", ({ Headers }) => untyped<() => void>(Headers)(), throws("TypeError")],
]);

/** What Node.js has otherwise: it reads a record by `for in` and its like. */
it("a property that a getter has deleted does not count", () => {
  const record = {
    get a(): string {
      Reflect.deleteProperty(this, "b");
      return "1";
    },
    b: "2",
    c: undefined,
  };
  expect([...new ours.Headers(untyped<Record<string, string>>(record))]).toEqual([
    ["a", "1"],
    ["c", "undefined"],
  ]);
});
