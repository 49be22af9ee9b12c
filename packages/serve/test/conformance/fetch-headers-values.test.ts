import { type Case, describeCases, throws, untyped } from "../support/fetch-apis.ts";

/** Fetch, §2.2.2 "Headers": what is a header name and a header value, and what a value is made of. */
describeCases("Headers: names and values", [
  ...["", " ", "a b", "a:", "a\n", "\u00e4", "(", "\u0100", "a\0"].map(
    (name): Case => [
      `the name ${JSON.stringify(name)}`,
      ({ Headers }) => new Headers([[name, "1"]]),
      throws("TypeError"),
    ],
  ),
  [
    "every kind of name character",
    ({ Headers }) => [...new Headers([["!#$%&'*+-.^_`|~09azAZ", "1"]])],
    [["!#$%&'*+-.^_`|~09azaz", "1"]],
  ],
  ...["a\0b", "a\rb", "a\nb", "a\r\nb", "\u0100", "\u{1f600}"].map(
    (value): Case => [
      `the value ${JSON.stringify(value)}`,
      ({ Headers }) => new Headers([["a", value]]),
      throws("TypeError"),
    ],
  ),
  [
    "whitespace around a value is no part of it",
    ({ Headers }) => new Headers({ a: "\t\r\n  x y\t \r\n" }).get("a"),
    "x y",
  ],
  ["before it", ({ Headers }) => new Headers({ a: " x" }).get("a"), "x"],
  ["behind it", ({ Headers }) => new Headers({ a: "x " }).get("a"), "x"],
  ["other whitespace is", ({ Headers }) => new Headers({ a: "\u00a0x\f\v" }).get("a"), "\u00a0x\f\v"],
  [
    "controls and latin1 are allowed",
    ({ Headers }) => new Headers({ a: "\x01\x7f\x80\xff" }).get("a"),
    "\x01\x7f\x80\xff",
  ],
  ["an empty value", ({ Headers }) => [...new Headers({ a: "  " })], [["a", ""]]],
  ...(["append", "set"] as const).flatMap((method): Case[] => [
    [`${method} checks names`, ({ Headers }) => new Headers()[method]("a b", "1"), throws("TypeError")],
    [`${method} checks values`, ({ Headers }) => new Headers()[method]("a", "\0"), throws("TypeError")],
    [
      `${method} makes strings`,
      ({ Headers }) => {
        const headers = new Headers();
        headers[method](untyped<string>({ toString: () => "A" }), untyped<string>(1));
        return [...headers];
      },
      [["a", "1"]],
    ],
    [
      `${method} of a symbol`,
      ({ Headers }) => new Headers()[method]("a", untyped<string>(Symbol("s"))),
      throws("TypeError"),
    ],
    [
      `${method} without a value`,
      ({ Headers }) =>
        untyped<{ append(name: string): void; set(name: string): void }>(new Headers())[method]("a"),
      throws("TypeError"),
    ],
  ]),
  ...(["get", "has", "delete"] as const).flatMap((method): Case[] => [
    [`${method} checks names`, ({ Headers }) => new Headers()[method](" a"), throws("TypeError")],
    [
      `${method} without a name`,
      ({ Headers }) => untyped<Record<string, () => void>>(new Headers())[method]!(),
      throws("TypeError"),
    ],
  ]),
]);
