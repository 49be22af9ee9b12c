import { type Case, describeCases, throws, untyped } from "../support/fetch-apis.ts";

/** Fetch, §5.1 "Headers class": what is read and changed. */
describeCases("Headers: reading and changing", [
  [
    "names are found in any case",
    ({ Headers }) => {
      const h = new Headers({ "X-A": "1" });
      return [h.get("x-a"), h.get("X-A"), h.has("x-A")];
    },
    ["1", "1", true],
  ],
  [
    "what is absent",
    ({ Headers }) => {
      const h = new Headers();
      return [h.get("a"), h.has("a"), h.delete("a")];
    },
    [null, false, undefined],
  ],
  [
    "values are combined in order",
    ({ Headers }) =>
      new Headers([
        ["a", "2"],
        ["b", ""],
        ["A", ""],
        ["a", "1"],
      ]).get("a"),
    "2, , 1",
  ],
  [
    "a value is no name",
    ({ Headers }) => {
      const h = new Headers([
        ["x", "a"],
        ["a", "1"],
        ["y", "a"],
      ]);
      h.set("a", "2");
      h.delete("y");
      return [[...h], h.get("x")];
    },
    [
      [
        ["a", "2"],
        ["x", "a"],
      ],
      "a",
    ],
  ],
  [
    "set of a name that is a value only",
    ({ Headers }) => {
      const h = new Headers([["x", "a"]]);
      h.set("a", "1");
      return [...h];
    },
    [
      ["a", "1"],
      ["x", "a"],
    ],
  ],
  [
    "set replaces all, in the place of the first",
    ({ Headers }) => {
      const h = new Headers([
        ["set-cookie", "1"],
        ["a", "x"],
        ["set-cookie", "2"],
      ]);
      h.set("Set-Cookie", "3");
      return [[...h], h.getSetCookie()];
    },
    [
      [
        ["a", "x"],
        ["set-cookie", "3"],
      ],
      ["3"],
    ],
  ],
  [
    "delete takes all",
    ({ Headers }) => {
      const h = new Headers([
        ["a", "1"],
        ["b", "2"],
        ["A", "3"],
      ]);
      h.delete("A");
      return [[...h], h.has("a")];
    },
    [[["b", "2"]], false],
  ],
  [
    "get joins Set-Cookie, getSetCookie does not",
    ({ Headers }) => {
      const h = new Headers([
        ["set-cookie", "a, b"],
        ["Set-Cookie", ""],
      ]);
      return [h.get("set-cookie"), h.getSetCookie()];
    },
    ["a, b, ", ["a, b", ""]],
  ],
  ["no Set-Cookie", ({ Headers }) => new Headers({ cookie: "a" }).getSetCookie(), []],
  [
    "Cookie is joined by its own separator",
    ({ Headers }) =>
      new Headers([
        ["cookie", "a=1"],
        ["cookie", "b=2"],
      ]).get("cookie"),
    "a=1; b=2",
  ],
  ...(["append", "set"] as const).map(
    (method): Case => [
      `${method} converts both arguments before it checks one`,
      ({ Headers }) =>
        new Headers()[method](
          "a b",
          untyped<string>({
            toString(): string {
              throw new RangeError("converted");
            },
          }),
        ),
      throws("RangeError"),
    ],
  ),
]);
