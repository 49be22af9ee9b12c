import { callInBun, findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { JSON5, JSONC, TOML, YAML } from "../../src/global/formats/data.ts";
import { JSONL } from "../../src/global/formats/jsonl.ts";

const formats = { JSON5, JSONC, JSONL, TOML, YAML };

/** The results for texts that both parse alike, and the kinds of the errors. Bun runs it, too. */
function parsed(of: typeof formats): string[] {
  const result = (run: () => unknown): string => {
    try {
      return (
        JSON.stringify(run(), (_, value: unknown) => (typeof value === "number" ? String(value) : value)) ??
        "none"
      );
    } catch (error) {
      return (error as Error).name;
    }
  };
  const json = ['{"a":1,//c\n"b":[1,2,],}', "", "{", "/* x */ 5", '"\\u00e9"', "[1", "{a:1}"];
  const json5 = ["{a:1,'b':+.5,c:0x10,d:Infinity,}", "", "{", "// x\n5", "'a\\\nb'", "NaN", "-Infinity"];
  const toml = [
    "a = 1\n[b]\nc = [1, 2.5, 'x']",
    "a = ",
    "",
    "[[p]]\nn=1\n[[p]]\nn=2",
    "k = inf\nn=nan",
    "a.b=1\na=2",
  ];
  const yaml = [
    "a: 1\nb: [x, 2]\nc:\n  - y\n",
    "",
    "- ~\n- yes\n- 0x1f\n- .inf",
    "--- a\n--- b",
    "a: &x 1\nb: *x",
    "a: [",
    "a: *y",
    "~: 1\n? [1, 2]\n: 2\n{b: 1}: 3\n1.0: 4\ntrue: 5",
    "a: &x {~: 1}\nb: {<<: *x, c: [*x]}",
  ];
  const lines = [
    '{"a":1}\n{"b":2}\n{"c',
    "",
    "1\n\n2\r\n3",
    "{bad}\n1",
    "1\n{bad}\n2",
    "1 2\n3",
    '1\n{\n"a":1}\n',
    "tru",
    "nul\n1",
  ];
  const more = ['{"a":1} x\n2', "  1  \n", "\n\n", "[1,2\n3]\n4", "1\r2", '"é"\n{"x', "1,\n2", "-", "["];
  return [
    ...json.map((text) => result(() => of.JSONC.parse(text))),
    ...json5.map((text) => result(() => of.JSON5.parse(text))),
    ...toml.map((text) => result(() => of.TOML.parse(text))),
    ...yaml.map((text) => result(() => of.YAML.parse(text))),
    ...[...lines, ...more].flatMap((text) => [
      result(() => of.JSONL.parse(text)),
      result(() => {
        const { error, ...rest } = of.JSONL.parseChunk(text);
        return { ...rest, error: error?.message ?? null };
      }),
    ]),
    ...[0, 4, 5, 99].map((start) =>
      result(() => of.JSONL.parseChunk(new TextEncoder().encode('"é"\n2\n3'), start)),
    ),
    result(() => of.JSONL.parseChunk("1\n2\n3", 2, 3)),
  ];
}

/** Texts that are written. Bun runs it, too. */
function written(of: typeof formats): (string | undefined)[] {
  const texts = [
    ...[
      "yes",
      "a: b",
      "- x",
      " x",
      "x ",
      "multi\nline",
      "#x",
      "null",
      "~",
      "<<",
      "2001-01-01",
      "@a",
      "é",
      "\t",
      "x: ",
      "a #b",
      "🎉:",
      ".",
      "a`b",
      "<a",
      "\ud800",
      "a\udc00b\n",
    ],
    ...[
      "'q'",
      '"dq"',
      "-",
      "?",
      "1",
      "",
      "1.",
      "0x1",
      "Yes",
      "on",
      "=",
      "a:",
      "http://x",
      "a,b",
      "[a]",
      "{",
      "!x",
      "&x",
      "*x",
    ],
    ...[
      "1e3",
      ".5",
      ".inf",
      ".NaN",
      "nan",
      "0o7",
      "1_000",
      "a\\b",
      "null x",
      "12:30",
      "🎉",
      "\u0007",
      "---",
      "...",
      "n",
      "NaN",
    ],
    ...[
      "+1",
      "00",
      "1a",
      "-x",
      ":x",
      "a]",
      "a'b",
      "a&b",
      "T",
      "a#b",
      "x@y",
      "\u0085",
      "\u2028",
      "\u00a0x",
      ">x",
      "1 2",
      "0b1",
    ],
  ];
  const shared = { a: 1 };
  const cycle: Record<string, unknown> = { name: "x" };
  cycle["self"] = cycle;
  const values = [
    ...[
      { a: 1, b: [1, "x", null, true] },
      [],
      {},
      1.5,
      Number.NaN,
      Infinity,
      -0,
      null,
      [undefined],
      { u: undefined, f() {} },
    ],
    ...[
      { a: { b: { c: [{ d: 1 }, { e: [[1, 2]] }] } } },
      { a: [], b: {}, c: [[]], d: [{}] },
      [{ a: 1, b: 2 }, { c: [1] }],
    ],
    ...[{ p: shared, q: shared }, [shared, shared], cycle],
  ];
  return [
    ...[...texts, ...values].flatMap((value) => [
      of.YAML.stringify(value),
      of.YAML.stringify(value, null, 2),
      of.YAML.stringify({ [String(value)]: value }, null, 4),
    ]),
    ...[...texts, ...values.slice(0, -1)].flatMap((value) => [
      of.JSON5.stringify(value),
      of.JSON5.stringify(value, null, 2),
    ]),
    of.TOML.stringify({ title: "x", owner: { name: "y\n" }, list: [{ n: 1 }, { n: 2 }] }),
  ];
}

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;

describe("the data formats of Bun", () => {
  it("are read", () => {
    expect(TOML.parse("a = 1\n[b]\nc = [1, 'x']")).toEqual({ a: 1, b: { c: [1, "x"] } });
    expect(YAML.parse("a: &x [1]\nb: *x")).toEqual({ a: [1], b: [1] });
    expect(JSONC.parse('{"a": 1, /* b */}')).toEqual({ a: 1 });
    expect(JSON5.parse(new TextEncoder().encode("{a: .5}"))).toEqual({ a: 0.5 });
    expect(JSONL.parseChunk('{"a":1}\n{"b')).toEqual({
      values: [{ a: 1 }],
      read: 7,
      done: false,
      error: null,
    });
  });

  it("are read from bytes, whose positions they tell, also behind bytes that are not UTF-8", () => {
    const bytes = Buffer.from('{"a":"\xff\xfe"}\n{"b":"\xe2"}\n{"c"', "latin1");
    const { values, read } = JSONL.parseChunk(bytes);
    expect(values).toEqual([{ a: "\ufffd\ufffd" }, { b: "\ufffd" }]);
    expect(bytes.subarray(read).toString()).toBe('\n{"c"');
    expect(JSONL.parse(Buffer.from('\ufeff{"a":"é"}\n'))).toEqual([{ a: "é" }]);
  });

  it("has bytes of YAML in memory of their own", () => {
    const { a, b } = YAML.parse("a: !!binary aGk=\nb: &b [!!binary aGk=]\nc: *b") as {
      a: Buffer;
      b: [Buffer];
    };
    expect([a, b[0]].map(({ length, buffer }) => [length, buffer.byteLength])).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it("are written", () => {
    expect(YAML.stringify({ a: ["x", "yes"] })).toBe('{a: [x,"yes"]}');
    expect(YAML.stringify({ a: ["x", { b: 1 }] }, null, 2)).toBe("a:\n  - x\n  - b: 1");
    expect(JSON5.stringify({ a: "it's" })).toBe("{a:'it\\'s'}");
    expect(YAML.stringify("🎉:")).toBe('"🎉:"');
    expect(TOML.parse(TOML.stringify({ a: { b: [1.5] } }))).toEqual({ a: { b: [1.5] } });
    expect(TOML.stringify({ a: -0, b: [new Number(-0), 0] })).toBe("a = -0.0\nb = [ -0.0, 0 ]\n");
  });

  it.skipIf(!("Temporal" in globalThis))(
    "has dates of TOML to the nanosecond, and reads what it writes",
    () => {
      const text = [
        "time = 07:32:00.123456789",
        "local = 1979-05-27T07:32:00.999999999",
        "day = 1979-05-27",
        "instant = 1979-05-27T00:32:00.999999999-07:00",
      ].join("\n");
      const value = TOML.parse(text);
      expect(
        Object.entries(value).map(([name, date]) => [
          name,
          Object.prototype.toString.call(date),
          String(date),
        ]),
      ).toEqual([
        ["time", "[object Temporal.PlainTime]", "07:32:00.123456789"],
        ["local", "[object Temporal.PlainDateTime]", "1979-05-27T07:32:00.999999999"],
        ["day", "[object Temporal.PlainDate]", "1979-05-27"],
        ["instant", "[object Temporal.Instant]", "1979-05-27T07:32:00.999999999Z"],
      ]);
      expect(TOML.parse(TOML.stringify(value))).toEqual(value);
      expect(String(TOML.parse("t = 07:32:00.1234567891")["t"])).toMatch(/^07:32:00\.123/);
      const { Temporal } = globalThis as unknown as {
        Temporal: { PlainDate: { from(text: string): object } };
      };
      expect(() => TOML.stringify({ a: Temporal.PlainDate.from("+010000-01-01") })).toThrow(
        "a Temporal.PlainDate outside years 0000-9999",
      );
    },
  );

  it("throw what names the format", () => {
    expect(() => TOML.parse("a =")).toThrow(SyntaxError);
    expect(() => YAML.parse("a: [")).toThrow("YAML Parse error: ");
    expect(() => JSONC.parse("{")).toThrow("JSONC Parse error: ");
    expect(() => JSON5.parse("")).toThrow("JSON5 Parse error: Unexpected end of input");
    expect(() => JSONL.parse("{bad}\n")).toThrow("Failed to parse JSONL");
    expect(() => TOML.parse(null as unknown as string)).toThrow(TypeError);
    expect(() => YAML.stringify(1n)).toThrow("YAML.stringify cannot serialize BigInt");
    expect(() => TOML.stringify([])).toThrow("a TOML document is a table");
    for (const year of [8.64e15, -8.64e15, Number.NaN])
      expect(() => TOML.stringify({ a: [new Date(year)] })).toThrow(
        Number.isNaN(year) ? "invalid date" : "a Date outside years 0000-9999",
      );
  });

  it.skipIf(bun === null)("are Bun's", async () => {
    const onBun = (run: typeof parsed | typeof written): Promise<unknown> =>
      callInBun(bun!, `() => (${run})(Bun)`, null);
    expect(parsed(formats)).toEqual(await onBun(parsed));
    expect(written(formats).map((text) => text ?? null)).toEqual(await onBun(written));
  });
});
