import { inspect } from "node:util";
import { describeCases, ours, platform, throws, untyped } from "../support/fetch-apis.ts";

/** Fetch, §5.1 "Headers class": what iterates, and what the object is by Web IDL. */
describeCases("Headers: iteration", [
  [
    "is sorted by code units",
    ({ Headers }) => [...new Headers({ "z-": "1", z: "2", "a~": "3", a0: "4", _: "5" }).keys()],
    ["_", "a0", "a~", "z", "z-"],
  ],
  [
    "keys, values, entries",
    ({ Headers }) => {
      const h = new Headers({ b: "2", a: "1" });
      return [[...h.keys()], [...h.values()], [...h.entries()]];
    },
    [
      ["a", "b"],
      ["1", "2"],
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
  ],
  [
    "entries is the iterator",
    ({ Headers }) => Headers.prototype[Symbol.iterator] === Headers.prototype.entries,
    true,
  ],
  [
    "an iterator is its own iterable",
    ({ Headers }) => {
      const i = new Headers().entries();
      return i[Symbol.iterator]() === i;
    },
    true,
  ],
  [
    "the tag of an iterator",
    ({ Headers }) => Object.prototype.toString.call(new Headers().entries()),
    "[object Headers Iterator]",
  ],
  [
    "an iterator has next alone",
    ({ Headers }) => {
      const i = new Headers().keys();
      return ["next" in i, "return" in i, "throw" in i];
    },
    [true, false, false],
  ],
  [
    "pairs are fresh",
    ({ Headers }) => {
      const h = new Headers({ a: "1" });
      [...h][0]![1] = "2";
      return [...h];
    },
    [["a", "1"]],
  ],
  [
    "is live: what is added behind is seen",
    ({ Headers }) => {
      const h = new Headers({ b: "1" });
      const seen: string[] = [];
      for (const [name] of h) {
        seen.push(name);
        if (name === "b") h.append("c", "2");
      }
      return seen;
    },
    ["b", "c"],
  ],
  [
    "is live: what is deleted is not",
    ({ Headers }) => {
      const h = new Headers({ a: "1", b: "2", c: "3" });
      const seen: string[] = [];
      for (const [name] of h) {
        seen.push(name);
        h.delete("b");
      }
      return seen;
    },
    ["a", "c"],
  ],
  [
    "is live: it goes by position",
    ({ Headers }) => {
      const h = new Headers({ b: "1", c: "2" });
      const seen: string[] = [];
      for (const [name] of h) {
        seen.push(name);
        h.set("a", "0");
      }
      return seen;
    },
    ["b", "b", "c"],
  ],
  [
    "is over for good",
    ({ Headers }) => {
      const h = new Headers({ a: "1" });
      const i = h.keys();
      return [i.next(), i.next(), i.next()];
    },
    [
      { value: "a", done: false },
      { value: undefined, done: true },
      { value: undefined, done: true },
    ],
  ],
  [
    "of something else",
    ({ Headers }) => Headers.prototype.entries.call(untyped<Headers>({})),
    throws("TypeError"),
  ],
  [
    "forEach",
    ({ Headers }) => {
      const h = new Headers({ b: "2", a: "1" });
      const self = {};
      const seen: unknown[] = [];
      h.forEach(function (this: unknown, value, name, headers) {
        seen.push([value, name, headers === h, this === self]);
      }, self);
      return seen;
    },
    [
      ["1", "a", true, true],
      ["2", "b", true, true],
    ],
  ],
  [
    "forEach does not ask the object for an iterator",
    ({ Headers }) => {
      const h = new Headers({ a: "1" });
      Object.defineProperty(h, Symbol.iterator, { value: null });
      const seen: string[] = [];
      h.forEach((_, name) => {
        seen.push(name);
        if (name === "a") h.append("b", "2");
      });
      return seen;
    },
    ["a", "b"],
  ],
  [
    "the prototype of an iterator has no constructor",
    ({ Headers }) => Reflect.ownKeys(Object.getPrototypeOf(new Headers().keys())).map(String),
    ["next", "Symbol(Symbol.toStringTag)"],
  ],
  [
    "forEach of no function",
    ({ Headers }) => new Headers().forEach(untyped<() => void>({})),
    throws("TypeError"),
  ],
]);

describeCases("Headers: the object", [
  [
    "the property of its tag",
    ({ Headers }) => Object.getOwnPropertyDescriptor(Headers.prototype, Symbol.toStringTag),
    { value: "Headers", writable: false, enumerable: false, configurable: true },
  ],
  [
    "the lengths of its methods",
    ({ Headers: { prototype: p } }) =>
      [p.append, p.delete, p.get, p.getSetCookie, p.has, p.set, p.entries, p.forEach].map((f) => f.length),
    [2, 1, 1, 0, 1, 2, 0, 1],
  ],
  ["its tag", ({ Headers }) => Object.prototype.toString.call(new Headers()), "[object Headers]"],
  [
    "its class",
    ({ Headers }) => [Headers.name, new Headers().constructor === Headers, new Headers() instanceof Headers],
    ["Headers", true, true],
  ],
  ["is one of the platform's", ({ Headers }) => new Headers() instanceof platform.Headers, true],
  ["the platform's is one of ours", () => new platform.Headers() instanceof ours.Headers, true],
  [
    "nothing else is",
    ({ Headers }) =>
      [{}, null, [], new Map(), Headers].map((value) => untyped<unknown>(value) instanceof Headers),
    [false, false, false, false, false],
  ],
  [
    "a subclass",
    ({ Headers }) => {
      class Mine extends Headers {}
      return [
        new Mine({ a: "1" }).get("a"),
        new Mine() instanceof Mine,
        new Mine() instanceof Headers,
        new Headers() instanceof Mine,
        new platform.Headers() instanceof Mine,
      ];
    },
    ["1", true, true, false, false],
  ],
  ["shows what it has", ({ Headers }) => inspect(new Headers({ a: "1" })), "Headers { a: '1' }"],
]);
