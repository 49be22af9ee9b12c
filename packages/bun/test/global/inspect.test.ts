import { stripVTControlCharacters } from "node:util";
import { callInBun, findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { inspect } from "../../src/global/inspect/inspect.ts";

/** Values of each kind in Bun's format. Bun runs it, too. */
function shown(format: typeof inspect): string[] {
  class Point {
    x = 1;
    get y(): number {
      return 2;
    }
  }
  class Base {
    base = 1;
    method(): void {}
    get [Symbol.toStringTag](): string {
      return "tag";
    }
  }
  class Derived extends Base {
    own = new Point();
    override method(): void {}
    async *other(): AsyncGenerator {}
    set z(_: number) {}
  }
  const hidden = Object.create({ a: 1, b: { c: 1 } }, { a: { value: 2 }, h: { value: 3 } }) as object;
  const bare = Object.assign(Object.create(null) as object, { a: 1 });
  const circle: Record<string, unknown> = { n: 1 };
  circle["self"] = circle;
  const words = ["a".repeat(30), "b".repeat(34), "c".repeat(24), "d"];
  return [
    ...[
      "x",
      'a"b',
      "a\nb",
      "\x1b[1m\u0001\\u001b",
      "\x1b日",
      1,
      -0,
      1n,
      true,
      null,
      undefined,
      Symbol("s"),
      /x/g,
      new Date(0),
    ].map((value) => format(value)),
    ...[[], [1, 2], ["a", [1, [2, [3]]]], [{ a: 1 }, { b: 2 }], [1, { a: 1 }, 2], [[1], [2]], [null, {}]].map(
      (value) => format(value),
    ),
    ...[{}, { a: 1 }, { a: { b: { c: {} } } }, { "x-y": 1, é: 3, [Symbol("k")]: 2 }, { a: [{ b: [1] }] }].map(
      (value) => format(value),
    ),
    ...[new Map([["a", { b: 1 }]]), new Set([1, "x"]), new Map(), new Uint8Array(3), new ArrayBuffer(2)].map(
      (value) => format(value),
    ),
    ...[JSON.parse('{"__proto__":1,"a":{"__proto__":{}}}'), JSON.parse('{"constructor":1}')].map((value) =>
      format(value),
    ),
    ...[new Point(), { p: new Point() }, circle, words, { k: words }, Array(105).fill(1)].map((value) =>
      format(value),
    ),
    ...[
      new Derived(),
      [new Base()],
      hidden,
      bare,
      Object.create(bare),
      Object.create({ constructor: 5 }),
    ].map((value) => format(value)),
    ...[
      Object.assign([], { a: 1 }),
      new (class Own extends Map<number, number> {})([[1, 2]]),
      Object.create({ [Symbol("s")]: 1 }),
    ].map((value) => format(value)),
    ...[
      Array.from({ length: 20 }, () => [1, "ab"]),
      Array.from({ length: 10 }, () => () => 1),
      Array.from({ length: 4 }, () => new Date(0)),
      [new Uint8Array(40), 1],
      [
        ["SHA1", 20, "11f6ad8e"],
        ["x".repeat(30), [], {}, "y".repeat(30)],
        ["SHA224", 28, "54a2f7f9"],
      ],
      ["x".repeat(40), "x".repeat(40), ["x".repeat(40), "x".repeat(40)], {}, "x".repeat(40)],
      ["x".repeat(60), 1, true, ["code", "errno", "byteOffset"], "Error", "SQLiteError: no such table"],
      ["x".repeat(70), "y".repeat(3), {}, 1, [[]], { k: [] }],
    ].map((value) => format(value)),
    format(new Derived(), { sorted: true }),
    format({ a: { b: { c: 1 } } }, { depth: 1 }),
    format({ b: 1, a: 2 }, { sorted: true }),
    format({ a: 1, b: [1, { c: 2 }] }, { compact: true }),
    format({ [format.custom]: () => "custom" }),
    format.table([{ a: 1, b: "x" }, { a: 2 }]),
    format.table([1, 2]),
  ];
}

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;

describe("Bun.inspect", () => {
  it("writes an object over lines, and an array on one", () => {
    expect(inspect({ foo: "bar", list: [1, { a: 2n }] })).toBe(
      '{\n  foo: "bar",\n  list: [ 1, {\n      a: 2n,\n    } ],\n}',
    );
    expect(inspect(Object.create({ a: 1, b() {} }))).toBe("{\n  a: 1,\n  b: [Function: b],\n}");
    expect(inspect(new Uint8Array([1, 2, 3]))).toBe("Uint8Array(3) [ 1, 2, 3 ]");
    expect(inspect([["x".repeat(50), [1, "y".repeat(20), 2, 3]]])).toBe(
      `[\n  [ "${"x".repeat(50)}", [ 1, "${"y".repeat(20)}",\n      2, 3\n    ] ]\n]`,
    );
    expect(inspect.table([{ a: 1 }])).toContain("│ 0 │ 1 │");
  });

  it("colors a table", () => {
    const rows = [{ a: 1, long: "text" }, { a: 22 }];
    const plain = inspect.table(rows, ["a", "long"]);
    for (const colored of [
      inspect.table(rows, { colors: true }),
      inspect.table(rows, ["a", "long"], { colors: true }),
    ]) {
      expect(colored).toContain("\x1b[1mlong\x1b[0m");
      expect(colored).toContain("\x1b[33m22\x1b[39m");
      expect(stripVTControlCharacters(colored)).toBe(plain);
    }
    for (const other of [{ colors: false }, {}, null, undefined])
      expect(inspect.table(rows, other)).toBe(plain);
  });

  it.skipIf(bun === null)("writes what Bun writes", async () => {
    expect(shown(inspect)).toEqual(await callInBun(bun!, `() => (${shown})(Bun.inspect)`, null));
  });
});
