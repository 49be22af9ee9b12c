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
