import { Buffer } from "node:buffer";
import { cpuTimer } from "@mantou/testing/cpu-time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMultipart } from "../../src/fetch/multipart.ts";
import { platform } from "../../src/fetch/platform.ts";
import { runs } from "../support/runs.ts";

const { Response: PlatformResponse } = platform;

type Entry = [name: string, value: string | { name: string; type: string; text: string }];

async function entries(form: FormData): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const [name, value] of form) {
    found.push([
      name,
      typeof value === "string" ? value : { name: value.name, type: value.type, text: await value.text() },
    ]);
  }
  return found;
}

/** What a form of one part with these fields holds. */
const one = async (...fields: string[]): Promise<Entry> => {
  const content = `--b\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\nDATA\r\n--b--\r\n`;
  return (await entries(parse(content)))[0]!;
};

const parse = (content: string, type = "multipart/form-data; boundary=b"): FormData =>
  parseMultipart(Buffer.from(content), type);

const file = (name: string, type = "text/plain") => ({ name, type, text: "DATA" });
const PART = 'Content-Disposition: form-data; name="f"\r\n\r\n';

describe("a part", () => {
  it.each([
    ["a browser's field", 'form-data; name="f"', ["f", "DATA"]],
    ["a browser's file", 'form-data; name="f"; filename="a.txt"', ["f", file("a.txt")]],
    [".NET's", "form-data; name=f; filename=a.txt; filename*=utf-8''a.txt", ["f", file("a.txt")]],
    [
      ".NET's, beyond ASCII",
      "form-data; name=f; filename=t_.jpg; filename*=UTF-8'en'%C5%BE.jpg",
      ["f", file("ž.jpg")],
    ],
    ["filename first", 'form-data; filename="a.txt"; name="f"', ["f", file("a.txt")]],
    ["no blanks", 'form-data;name="f";filename="a.txt"', ["f", file("a.txt")]],
    ["many blanks", 'form-data \t;\t name = "f" ; filename = a.txt ', ["f", file("a.txt")]],
    ["a last semicolon", 'form-data; name="f"; filename="a.txt";', ["f", file("a.txt")]],
    ["other letters' case", 'Form-Data; NAME="f"; FileName="a.txt"', ["f", file("a.txt")]],
    ["another parameter", 'form-data; size=4; name="f"', ["f", "DATA"]],
    ["the first of two", 'form-data; name="f"; name="g"', ["f", "DATA"]],
    ["an escaped quotation mark", 'form-data; name="f"; filename="a\\"b.txt"', ["f", file('a"b.txt')]],
    ["a path of Windows", 'form-data; name="f"; filename="C:\\dir\\x.txt"', ["f", file("C:\\dir\\x.txt")]],
    ["a backslash at the end", 'form-data; name="f"; filename="C:\\dir\\"', ["f", file("C:\\dir\\")]],
    ["what browsers escape, and nothing else", 'form-data; name="%22%0D%0a%41"', ['"\r\n%41', "DATA"]],
    [
      "semicolons and equals signs",
      'form-data; name="a;b=c"; filename="x;y=\'z\'"',
      ["a;b=c", file("x;y='z'")],
    ],
    ["UTF-8", 'form-data; name="ž"; filename="ž.txt"', ["ž", file("ž.txt")]],
    ["empty names", 'form-data; name=""; filename=""', ["", file("")]],
    ["filename* alone", "form-data; name=f; filename*=utf-8''%C3%A9", ["f", file("é")]],
    ["filename* of another charset", "form-data; name=f; filename*=iso-8859-1''%E9", ["f", file("")]],
    ["filename* that is broken", "form-data; name=f; filename=a; filename*=utf-8''%E9", ["f", file("a")]],
    ["a folded field", 'form-data;\r\n  name="f"', ["f", "DATA"]],
  ] satisfies [string, string, Entry][])("%s", async (_, disposition, expected) => {
    expect(await one(`Content-Disposition: ${disposition}`)).toEqual(expected);
    expect(await one("X-Other: y", "Content-Type: a/b", `content-disposition:${disposition}`)).toEqual(
      typeof expected[1] === "string" ? expected : [expected[0], { ...expected[1], type: "a/b" }],
    );
  });

  it("in base64 is decoded, as by the platform", async () => {
    expect(
      await one('Content-Disposition: form-data; name="f"', "Content-Transfer-Encoding: Base64"),
    ).toEqual(["f", Buffer.from("DATA", "base64").toString()]);
  });

  it.each([
    [],
    ["Content-Type: text/plain"],
    ["Content-Disposition: form-data"],
    ['Content-Disposition: attachment; name="f"'],
    ['Content-Disposition: form-data; name="f'],
    ['Content-Disposition: form-data; name="f" x'],
    ['Content-Disposition: form-data; "f"'],
    ['Content-Disposition form-data; name="f"'],
    ['Content-Disposition: form-data; name="f"', `X-Long: ${"x".repeat(8_000_000)}`],
  ])("that is none is refused: %j", async (...fields) => {
    await expect(one(...fields)).rejects.toThrow(TypeError);
  });
});

describe("a form", () => {
  const end = "\r\n--b--";

  it.each([
    ["with a preamble", `This is a form.\r\n--b\r\n${PART}x${end}\r\n`, ["x"]],
    ["with an empty line before it", `\r\n--b\r\n${PART}x${end}\r\n`, ["x"]],
    ["with an epilogue", `--b\r\n${PART}x${end}\r\nThe end.\r\n--b\r\n`, ["x"]],
    ["with an epilogue in the same line", `--b\r\n${PART}x${end} \t.`, ["x"]],
    ["without a last line end", `--b\r\n${PART}x${end}`, ["x"]],
    ["with blanks behind boundaries", `--b \t\r\n${PART}x\r\n--b \r\n${PART}y${end} `, ["x", "y"]],
    ["with two parts of one name", `--b\r\n${PART}1\r\n--b\r\n${PART}2${end}`, ["1", "2"]],
    ["with empty values", `--b\r\n${PART}\r\n--b\r\n${PART}${end}`, ["", ""]],
    [
      "with what only looks like a boundary",
      `--b\r\n${PART}1\r\n--bx\r\n--b-\r\n --b${end}`,
      ["1\r\n--bx\r\n--b-\r\n --b"],
    ],
    [
      "with line ends and a mark of its own",
      `--b\r\n${PART}\ufeff\r\n\n\r\r\n${end}`,
      ["\ufeff\r\n\n\r\r\n"],
    ],
    ["with a part whose empty line is the boundary's", `--b\r\n${PART}--b\r\n${PART}1${end}`, ["", "1"]],
    ["without any part", "--b--\r\n", []],
  ])("%s", async (_, content, values) => {
    expect([...parse(content).values()]).toEqual(values);
  });

  it.each([
    'multipart/form-data; boundary="b"',
    "Multipart/Form-Data; charset=utf-8; BOUNDARY=b",
    "multipart/form-data;boundary=b;",
  ])("of the type %s", (type) => expect(parse(`--b\r\n${PART}x${end}`, type).get("f")).toBe("x"));

  it.each([
    ["cut short in a boundary", `--b\r\n${PART}x\r\n--b`],
    ["cut short in a part", `--b\r\n${PART}x`],
    ["cut short in fields", "--b\r\nContent-Disposition: form"],
    ["nothing", ""],
    ["a part of nothing", `--b\r\n${end}`],
    ["bare line feeds", `--b\n${PART.replaceAll("\r", "")}x\n--b--\n`],
    ["another boundary", `--c\r\n${PART}x\r\n--c--`],
    ["too many parts", `${`--b\r\n${PART}\r\n`.repeat(10_001)}--b--`],
    ["too many fields", `${`--b\r\nX-Long: ${"x".repeat(8_000)}\r\n${PART}\r\n`.repeat(300)}--b--`],
    ["too many false boundaries", `--b\r\n${PART}${"\r\n--bx".repeat(10_001)}${end}`],
  ])("that is none is refused: %s", (_, content) => expect(() => parse(content)).toThrow(TypeError));

  it.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-datax; boundary=b",
    "",
  ])("without a boundary is refused: %j", (type) =>
    expect(() => parse(`--b\r\n${PART}x${end}`, type)).toThrow(TypeError));

  it("has a boundary of a bounded length", () => {
    const type = (boundary: string): string => `multipart/form-data; boundary=${boundary}`;
    const form = (boundary: string): FormData =>
      parse(`--${boundary}\r\n${PART}x\r\n--${boundary}--`, type(boundary));
    // Ktor's has all the characters that RFC 2046 allows.
    for (const length of [1, 70, 200]) expect(form("b".repeat(length)).get("f")).toBe("x");
    expect(() => form("b".repeat(201))).toThrow(
      new TypeError("The body is not multipart/form-data: its boundary is too long"),
    );
    // The search for it would take minutes: the head of a request may have so long a boundary, and its body such letters.
    const flood = `${"\r".repeat(131_072)}${"a".repeat(8_000_000)}`;
    expect(() => parse(flood, type("a".repeat(30_000)))).toThrow(/its boundary is too long/);
  });

  it("is searched for its boundary in linear time", () => {
    const flood = `${"\r".repeat(131_072)}${"a".repeat(16_000_000)}`;
    const spent = cpuTimer();
    for (const boundary of ["a".repeat(200), `b${"a".repeat(199)}`])
      expect(() => parse(flood, `multipart/form-data; boundary=${boundary}`)).toThrow(
        /its last boundary is missing/,
      );
    // With 300 letters each took 2 to 5 s.
    expect(spent()).toBeLessThan(2000);
  });

  it.each([
    ["an escaped quotation mark and blanks", `"\\"${" ".repeat(8_000)}x"`],
    ["many of them", `"${'\\" ;\t a'.repeat(1_000)}x"`],
    ["blanks without quotation marks", `a${" ".repeat(8_000)}b`],
  ])("takes no longer than its bytes: %s", (_, name) => {
    const part = `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\n\r\n`;
    const spent = cpuTimer();
    expect([...parse(`${part.repeat(30)}--b--`)]).toHaveLength(30);
    // By a pattern that goes back and forth, each of the first took 60 to 200 ms.
    expect(spent()).toBeLessThan(1000);
  });

  it("is what the platform has encoded", async () => {
    const name = fc.string({ unit: fc.constantFrom(..."aé包 \"\\;=%'\r\n"), maxLength: 8 });
    const value = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("\r\n--", "--", "\r\n"));
    // A file without a name is written as a field.
    const fileName = name.filter((text) => text !== "");
    const part = fc.record({ name, value, file: fc.option(fileName) });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const form = new FormData();
        for (const { name, value, file } of parts) {
          if (file === null) form.append(name, value);
          else form.append(name, new File([value], file, { type: "a/b" }));
        }
        const encoded = new PlatformResponse(form);
        const type = encoded.headers.get("content-type")!;
        const bytes = Buffer.from(await encoded.arrayBuffer());
        const parsed = await entries(parseMultipart(bytes, type));
        const lines = (text: string) => text.replace(/\r\n|\r|\n/g, "\r\n");
        expect(parsed).toEqual(
          parts.map(({ name, value, file }) => [
            lines(name),
            file === null ? lines(value) : { name: file, type: "a/b", text: value },
          ]),
        );
      }),
      runs(200),
    );
  });
});
